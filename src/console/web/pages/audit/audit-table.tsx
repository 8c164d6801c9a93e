import { Link } from 'wouter';
import type { AuditRow } from '../../../../activities/audit';
import { exactTime } from '../../format/time';
import { ScrollRegion } from '../../parts/scroll-region';
import { runHref } from '../../shell/pages';

export function AuditTable({ rows }: { readonly rows: readonly AuditRow[] }) {
  return (
    <ScrollRegion label="Audit trail">
      <table className="table audit-table">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Did</th>
            <th scope="col">To what, and why</th>
            <th scope="col">Hash</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.sequence} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ row: { sequence, hash, previousHash, entry } }: { readonly row: AuditRow }) {
  const { at, actor, action, workflowId, environment, reason, details } = entry;
  return (
    <tr>
      <td className="faint">{sequence}</td>
      <td className="nowrap">{exactTime(at)}</td>
      <td>
        <b>{actor.name}</b> <span className="faint">{actor.source}</span>
      </td>
      <td className="mono nowrap">{action}</td>
      <td>
        {workflowId.startsWith('pipeline/') ? (
          <Link href={runHref(workflowId)} className="mono">
            {workflowId}
          </Link>
        ) : (
          <span className="mono">{workflowId}</span>
        )}
        {environment === undefined ? null : <span className="faint"> in {environment}</span>}
        {reason === undefined ? null : <p>{reason}</p>}
        {details === undefined ? null : (
          <details>
            <summary>details</summary>
            <pre>{JSON.stringify(details, null, 2)}</pre>
          </details>
        )}
      </td>
      <td className="mono faint" title={`${hash}\nafter ${previousHash}`}>
        {hash.slice(0, 8)}
      </td>
    </tr>
  );
}
