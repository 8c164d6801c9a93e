import { useState } from 'react';
import { useLogs } from '../../api/queries';
import { timeOfDay } from '../../format/time';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Loaded } from '../../parts/states';

/** What the commands of the run printed, a stage at a time. */
export function Logs({ id, stage }: { readonly id: string; readonly stage: string | null }) {
  const query = useLogs(id);
  const [all, setAll] = useState(false);
  return (
    <Panel
      title="Command logs"
      aside={
        <label className="check small">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          of all stages
        </label>
      }
    >
      <div className="panel-body stack">
        <Loaded query={query} rows={1}>
          {({ logs }) => {
            const shown = logs.filter((log) => all || stage === null || log.stage === stage);
            if (shown.length === 0) {
              return (
                <p className="faint">
                  {logs.length === 0
                    ? 'No command has printed anything yet.'
                    : `No command ran in ${stage}; other stages have ${logs.length} logs.`}
                </p>
              );
            }
            return shown.map((log) => (
              <details key={`${log.stage} ${log.at} ${log.title}`} className="log">
                <summary>
                  <span className="mono">{log.title}</span>{' '}
                  <span className="faint small">
                    {log.stage} · {timeOfDay(log.at)}
                  </span>
                </summary>
                <ScrollRegion label={`Output of ${log.title}`}>
                  <pre>{log.text}</pre>
                </ScrollRegion>
              </details>
            ));
          }}
        </Loaded>
      </div>
    </Panel>
  );
}
