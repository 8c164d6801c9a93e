import type { AnalysisView } from '../../../api';
import { LineChart } from '../../parts/line-chart';
import { Panel } from '../../parts/panel';
import { Reasons } from '../../parts/reasons';
import { Soak } from './stage-panel';

/** What is watched now: the figures as they come, and what they would decide if the window ended here. */
export function AnalysisPanel({ analysis }: { readonly analysis: AnalysisView }) {
  const { environment, release, baselineRelease, startedAt, endsAt, reasons, charts } = analysis;
  return (
    <Panel title={`Watching ${release} in ${environment}`} aside={<Soak from={startedAt} until={endsAt} />}>
      <div className="panel-body stack">
        <p className="soft">
          Candidate <b className="mono">{release}</b>
          {baselineRelease === null ? ', with no release before it to compare with.' : ' against baseline '}
          {baselineRelease === null ? null : <b className="mono">{baselineRelease}</b>}
        </p>
        <div className="charts">
          {charts.map((chart) => (
            <LineChart key={chart.metric} chart={chart} />
          ))}
        </div>
        <div>
          <h3>The verdict as it stands</h3>
          <Reasons reasons={reasons} />
        </div>
      </div>
    </Panel>
  );
}
