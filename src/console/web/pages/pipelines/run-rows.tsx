import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { Link } from 'wouter';
import type { RunSummary } from '../../../../client';
import { Ago, Took } from '../../parts/ago';
import { useIsPhone } from '../../parts/media';
import { PhaseBadge } from '../../parts/status';
import { runHref } from '../../shell/pages';

/** As in data.css. */
const rowHeight = { desk: 44, phone: 72 };

/** Only the rows in sight are in the page: a thousand runs scroll like ten. */
export function RunRows({ runs }: { readonly runs: readonly RunSummary[] }) {
  const scroll = useRef<HTMLDivElement>(null);
  const height = useIsPhone() ? rowHeight.phone : rowHeight.desk;
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 8,
  });
  return (
    <div className="panel runs">
      <div className="runs-head" aria-hidden="true">
        <span>Pipeline</span>
        <span>Release</span>
        <span>Phase</span>
        <span>Started</span>
        <span>Took</span>
      </div>
      <div className="runs-scroll" ref={scroll}>
        <ul className="runs-space" aria-label="Runs" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const run = runs[index];
            return run ? (
              <li
                key={run.runId}
                className="run-place"
                style={{ transform: `translateY(${start}px)` }}
                aria-posinset={index + 1}
                aria-setsize={runs.length}
              >
                <RunLine run={run} />
              </li>
            ) : null;
          })}
        </ul>
      </div>
    </div>
  );
}

function RunLine({ run }: { readonly run: RunSummary }) {
  const { workflowId, namespace, name, release, phase, startedAt, endedAt } = run;
  return (
    <Link href={runHref(workflowId)} className="run-line" data-entry>
      <span className="clip">
        <span className="name">{name}</span> <span className="faint small">{namespace}</span>
      </span>
      <span className="mono clip release">{release}</span>
      <span className="phase">
        <PhaseBadge phase={phase} bare />
      </span>
      <span className="started soft small">
        <Ago at={startedAt} />
      </span>
      <span className="took soft small">
        <Took from={startedAt} to={endedAt} />
      </span>
    </Link>
  );
}
