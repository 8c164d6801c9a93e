import { useState } from 'react';
import type { Alert, AlertBook, AlertState } from '../../../../contracts/alerts';
import { useAlerts } from '../../api/queries';
import { PageHead, Panel } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { AlertItem } from './alert-item';
import { Silences } from './silences';

const states: readonly (AlertState | 'all')[] = ['firing', 'pending', 'resolved', 'all'];
const rank = { critical: 0, warning: 1, info: 2 } as const;

export function AlertsPage() {
  const query = useAlerts();
  return (
    <>
      <PageHead title="Alerts" lead="What is true and should not be, who was told, and who looks after it." />
      <Loaded query={query}>{(book) => <Book book={book} />}</Loaded>
    </>
  );
}

function Book({ book: { alerts, silences } }: { readonly book: AlertBook }) {
  const [state, setState] = useState<AlertState | 'all'>('firing');
  const of = (wanted: AlertState | 'all') => alerts.filter((alert) => wanted === 'all' || alert.state === wanted);
  const shown = of(state).toSorted(byUrgency);
  return (
    <div className="stack">
      <div className="filters">
        <fieldset className="segments">
          <legend className="sr-only">Show alerts that are</legend>
          {states.map((one) => (
            <button key={one} type="button" aria-pressed={one === state} onClick={() => setState(one)}>
              {one} <span className="faint">{of(one).length}</span>
            </button>
          ))}
        </fieldset>
      </div>
      {shown.length === 0 ? (
        <Empty icon="alerts" title={state === 'firing' ? 'Nothing fires' : `No ${state} alert`} command="f0 alerts">
          Alerts come from the `alerts` conditions of a document, from failed and rolled back releases, and from burn
          rates. In the command line:
        </Empty>
      ) : (
        <Panel title={`${shown.length} ${state === 'all' ? '' : state}`.trim()}>
          <ul aria-live="polite" aria-relevant="additions">
            {shown.map((alert) => (
              <AlertItem key={alert.fingerprint} alert={alert} silences={silences} />
            ))}
          </ul>
        </Panel>
      )}
      <Silences silences={silences} />
    </div>
  );
}

/** What nobody looks after yet comes first, then by severity, then the newest. */
function byUrgency(a: Alert, b: Alert): number {
  const tended = (alert: Alert) => Number(alert.acknowledged !== null) + Number(alert.mutedBy !== null);
  return tended(a) - tended(b) || rank[a.severity] - rank[b.severity] || b.startedAt.localeCompare(a.startedAt);
}
