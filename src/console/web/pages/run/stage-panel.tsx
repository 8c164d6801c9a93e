import type { RunStatus } from '../../../../client';
import type {
  DeploymentStatus,
  RegionStatus,
  RollbackFigures,
  StageStatus,
  StepStatus,
} from '../../../../contracts/status';
import type { AnalysisView, StageOutline } from '../../../api';
import { figure } from '../../format/figure';
import { duration, secondsBetween } from '../../format/time';
import { Left, Took } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { useNow } from '../../parts/now';
import { Panel } from '../../parts/panel';
import { Reasons } from '../../parts/reasons';
import { ScrollRegion } from '../../parts/scroll-region';
import { PhaseBadge, phaseLook } from '../../parts/status';

export interface StagePanelProps {
  readonly outline: StageOutline;
  readonly stage: StageStatus;
  readonly status: RunStatus;
  readonly analyses: readonly AnalysisView[];
}

/** All about one stage: its traffic, its steps, its regions, and what was decided in it. */
export function StagePanel({ outline, stage, status, analyses }: StagePanelProps) {
  const deployment = status.deployments.find(({ workflowId }) => workflowId === stage.deploymentId);
  const facts = [outline.environment, outline.strategy, outline.gates.join(', ')].filter(Boolean).join(' · ');
  return (
    <Panel
      title={stage.name}
      aside={
        <span className="row">
          {facts === '' ? null : <span className="faint small">{facts}</span>}
          <PhaseBadge phase={stage.phase} />
        </span>
      }
    >
      <div className="panel-body stack">
        {stage.reason === '' ? null : <p>{stage.reason}</p>}
        {deployment ? <Traffic deployment={deployment} /> : null}
        {deployment?.regions ? <Regions regions={deployment.regions} /> : null}
        {deployment ? <Steps steps={deployment.steps} analyses={analyses} /> : null}
        {stage.rollback ? <Rollback figures={stage.rollback} /> : null}
        {stage.decisions.length > 0 ? (
          <div>
            <h3>What decided</h3>
            <Reasons reasons={stage.decisions} />
          </div>
        ) : null}
        {deployment || stage.decisions.length > 0 || stage.reason !== '' ? null : (
          <p className="faint">
            {stage.startedAt === null ? 'It has not started yet.' : 'Nothing had to be decided here.'}
          </p>
        )}
      </div>
    </Panel>
  );
}

/** Who gets how much of the traffic. */
function Traffic({ deployment: { release, stableRelease, weight } }: { readonly deployment: DeploymentStatus }) {
  return (
    <div className="traffic">
      <div className="traffic-names">
        <span>
          <span className="faint small">candidate</span> <b className="mono">{release}</b> <b>{weight} %</b>
        </span>
        <span className="traffic-stable">
          <span className="faint small">stable</span> <b className="mono">{stableRelease ?? 'nothing before'}</b>{' '}
          <b>{stableRelease === null ? '' : `${100 - weight} %`}</b>
        </span>
      </div>
      {/* The words above tell the same. */}
      <div className="traffic-bar" aria-hidden="true">
        <span style={{ width: `${weight}%` }} />
      </div>
    </div>
  );
}

function Regions({ regions }: { readonly regions: readonly RegionStatus[] }) {
  return (
    <ScrollRegion label="Regions">
      <table className="table regions">
        <caption className="sr-only">Regions, in the order of their waves</caption>
        <thead>
          <tr>
            <th scope="col">Region</th>
            <th scope="col">Wave</th>
            <th scope="col">State</th>
            <th scope="col">Traffic</th>
          </tr>
        </thead>
        <tbody>
          {regions.map((region) => (
            <tr key={region.region}>
              <th scope="row">
                {region.region} <span className="faint small mono">{region.cluster}</span>
              </th>
              <td>{region.wave}</td>
              <td>
                <PhaseBadge phase={region.phase} bare />
                {region.reason === '' ? null : <p className="small faint">{region.reason}</p>}
              </td>
              <td className="nowrap">{region.weight} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Steps({
  steps,
  analyses,
}: {
  readonly steps: readonly StepStatus[];
  readonly analyses: readonly AnalysisView[];
}) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are a fixed list, and two may have the same title
        <Step key={index} step={step} analysis={step.phase === 'running' ? analysisOf(step, analyses) : undefined} />
      ))}
    </ol>
  );
}

/** The step that watches now has the analysis whose window it started. */
function analysisOf({ title }: StepStatus, analyses: readonly AnalysisView[]): AnalysisView | undefined {
  return analyses.find(({ key }) => {
    const name = key.split('/').at(-1)?.replace(/^\d+-/, '');
    return name !== undefined && title.startsWith(`${name} for `);
  });
}

function Step({ step, analysis }: { readonly step: StepStatus; readonly analysis: AnalysisView | undefined }) {
  const { title, region, wave, phase, startedAt, endedAt } = step;
  const look = phaseLook(phase);
  const place = region ?? (wave === undefined ? null : `wave ${wave}`);
  return (
    <li className={`step tone-${look.tone}`} {...(phase === 'running' ? { 'aria-current': 'step' as const } : {})}>
      <span className="step-mark">
        <Icon name={look.icon} spin={look.icon === 'running'} />
        <span className="sr-only">{look.word}</span>
      </span>
      <span className="step-title">
        {place === null ? null : <span className="chip">{place}</span>} {title}
      </span>
      <span className="step-time small">{startedAt === null ? null : <Took from={startedAt} to={endedAt} />}</span>
      {analysis ? <Soak from={analysis.startedAt} until={analysis.endsAt} /> : null}
    </li>
  );
}

/** How much of a watch is over. */
export function Soak({ from, until }: { readonly from: string; readonly until: string }) {
  const now = useNow();
  const share = Math.min(1, Math.max(0, secondsBetween(from, now) / secondsBetween(from, until)));
  return (
    <span className="soak small">
      <span className="meter tone-live">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="soft">
        <Left until={until} /> left of {duration(secondsBetween(from, until))}
      </span>
    </span>
  );
}

function Rollback({ figures: { breachedAt, decidedAt, trafficBackAt } }: { readonly figures: RollbackFigures }) {
  const parts = [
    ['breach to decision', breachedAt, decidedAt],
    ['decision to traffic back', decidedAt, trafficBackAt],
  ] as const;
  return (
    <dl className="figures rollback-figures">
      {parts.map(([name, from, to]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{from && to ? figure(secondsBetween(from, to), 'seconds') : 'not known'}</dd>
        </div>
      ))}
    </dl>
  );
}
