import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { apiPath } from '../../api/client';
import { type AuditQuery, auditPage, keys } from '../../api/queries';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/panel';
import { Empty, Failure, Skeleton } from '../../parts/states';
import { AuditFilters } from './audit-filters';
import { AuditTable } from './audit-table';
import { VerifyChain } from './verify-chain';

const nothing: AuditQuery = { workflowId: '', namespace: '', actor: '', action: '' };
/** As many as one answer holds. */
const pageSize = 100;

export function AuditPage() {
  const [filter, setFilter] = useState(nothing);
  const query = useInfiniteQuery({
    queryKey: [...keys.audit, filter],
    queryFn: ({ pageParam }) => auditPage(filter, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ entries }) => (entries.length < pageSize ? undefined : entries.at(-1)?.sequence),
  });
  const rows = query.data?.pages.flatMap(({ entries }) => entries) ?? [];
  return (
    <>
      <PageHead
        title="Audit"
        lead="Who did what, and why. Each entry carries the hash of the one before: nothing can be changed unseen."
      >
        <VerifyChain />
        <a className="button" href={apiPath('/audit/export')} download="audit.jsonl">
          <Icon name="download" />
          Export
        </a>
      </PageHead>
      <AuditFilters filter={filter} apply={setFilter} />
      {query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton rows={8} /> : null}
      {query.data && rows.length === 0 ? (
        <Empty icon="audit" title="No entry matches" command="f0 audit export --file audit.jsonl">
          Filters ask for exact names. The whole trail can be taken along, and verified without this system:
        </Empty>
      ) : null}
      {rows.length > 0 ? (
        <div className="panel">
          <AuditTable rows={rows} />
          {query.hasNextPage ? (
            <p className="more-row">
              <button
                type="button"
                className="button"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {query.isFetchingNextPage ? 'Loading…' : 'Older entries'}
              </button>
            </p>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
