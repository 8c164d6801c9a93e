import { useMemo, useState } from 'react';
import type { RunSummary } from '../../../../client';
import { Phase } from '../../../../contracts/phases';
import { useRuns } from '../../api/queries';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { RunRows } from './run-rows';

interface View {
  readonly name: string;
  readonly holds: (run: RunSummary) => boolean;
}

const underWay: ReadonlySet<Phase | null> = new Set([
  Phase.waiting,
  Phase.running,
  Phase.awaitingApproval,
  Phase.paused,
  null,
]);

/** What people look for, rather than every phase there is. */
const views: readonly View[] = [
  { name: 'All', holds: () => true },
  { name: 'Under way', holds: ({ phase }) => underWay.has(phase) },
  { name: 'Awaiting approval', holds: ({ awaitingApproval }) => awaitingApproval },
  { name: 'Rolled back', holds: ({ phase }) => phase === Phase.rolledBack },
  { name: 'Failed', holds: ({ phase }) => phase === Phase.failed || phase === Phase.aborted },
  { name: 'Succeeded', holds: ({ phase }) => phase === Phase.succeeded },
];

export function PipelinesPage() {
  const query = useRuns();
  return (
    <>
      <PageHead title="Pipelines" lead="Every release on its way, and every one that has arrived or gone back." />
      <Loaded query={query} rows={8}>
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty
              icon="pipelines"
              title="No release yet"
              command="f0 run examples/canary-pipeline.yaml --release 1.0.0"
            >
              A run is one release on its way through a document's stages. Start the first:
            </Empty>
          ) : (
            <Runs runs={runs} />
          )
        }
      </Loaded>
    </>
  );
}

function Runs({ runs }: { readonly runs: readonly RunSummary[] }) {
  const [text, setText] = useState('');
  const [view, setView] = useState(views[0]);
  const [namespace, setNamespace] = useState('');
  const namespaces = useMemo(() => [...new Set(runs.map((run) => run.namespace))].sort(), [runs]);
  const found = useMemo(() => runs.filter((run) => matches(run, text, namespace)), [runs, text, namespace]);
  const shown = useMemo(() => (view ? found.filter(view.holds) : found), [found, view]);
  return (
    <>
      <div className="filters">
        <div className="search">
          <Icon name="search" />
          <input
            type="search"
            data-search
            aria-label="Search runs by namespace, name or release"
            placeholder="Search: name, release, namespace"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        {namespaces.length < 2 ? null : (
          <select
            className="namespace-choice"
            aria-label="Namespace"
            value={namespace}
            onChange={(event) => setNamespace(event.target.value)}
          >
            <option value="">All namespaces</option>
            {namespaces.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <fieldset className="segments">
          <legend className="sr-only">Show</legend>
          {views.map((one) => (
            <button key={one.name} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
              {one.name} <span className="faint">{found.filter(one.holds).length}</span>
            </button>
          ))}
        </fieldset>
      </div>
      <p className="sr-only" role="status">
        {shown.length} of {runs.length} runs shown
      </p>
      {shown.length === 0 ? (
        <Empty icon="search" title="No run matches">
          Take a word out of the search, or look at all of them.
        </Empty>
      ) : (
        <RunRows runs={shown} />
      )}
    </>
  );
}

function matches({ namespace, name, release }: RunSummary, text: string, wanted: string): boolean {
  if (wanted !== '' && namespace !== wanted) return false;
  const all = `${namespace} ${name} ${release}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
