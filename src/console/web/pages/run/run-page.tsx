import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { RunStatus } from '../../../../client';
import { isFinal } from '../../../../contracts/phases';
import type { StageStatus } from '../../../../contracts/status';
import type { RunDetail, StageOutline } from '../../../api';
import { useAnalyses, useRun } from '../../api/queries';
import { Ago, Took } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { Panel } from '../../parts/panel';
import { Loaded } from '../../parts/states';
import { PhaseBadge } from '../../parts/status';
import { runIdOf } from '../../shell/pages';
import { RunActions } from './actions';
import { AnalysisPanel } from './analysis-panel';
import { Dag } from './dag';
import { Logs } from './logs';
import { StagePanel } from './stage-panel';
import { Timeline } from './timeline';

export function RunPage() {
  useLocation();
  const id = runIdOf(window.location.pathname);
  const query = useRun(id);
  return (
    <Loaded query={query} rows={5}>
      {(run) => <Run key={id} run={run} />}
    </Loaded>
  );
}

function Run({ run: { status, stages, url } }: { readonly run: RunDetail }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const analyses = useAnalyses(status.workflowId, !isFinal(status.phase)).data?.analyses ?? [];
  const selected = chosen ?? stageOfInterest(status.stages)?.name ?? null;
  const stage = status.stages.find(({ name }) => name === selected);
  const outline = stages.find(({ name }) => name === selected);
  return (
    <>
      <RunHead status={status} url={url} selected={outline} />
      {status.awaiting.length > 0 ? <Asks status={status} /> : null}
      <Panel title="Way of the release" className="dag-panel">
        <div className="panel-body">
          <Dag stages={stages} status={status} selected={selected} select={setChosen} />
        </div>
      </Panel>
      <div className="run-grid">
        <div className="stack">
          {analyses.map((analysis) => (
            <AnalysisPanel key={analysis.key} analysis={analysis} />
          ))}
          {stage && outline ? <StagePanel outline={outline} stage={stage} status={status} analyses={analyses} /> : null}
          <Logs id={status.workflowId} stage={selected} />
        </div>
        <Timeline id={status.workflowId} />
      </div>
    </>
  );
}

/** Where something happens; of a run that has ended, where it went wrong. */
function stageOfInterest(stages: readonly StageStatus[]): StageStatus | undefined {
  const open = stages.filter(({ phase }) => !isFinal(phase) && phase !== 'waiting');
  return (
    open.find(({ deploymentId }) => deploymentId !== null) ??
    open[0] ??
    stages.find(({ phase }) => phase === 'rolled_back' || phase === 'failed') ??
    stages.at(-1)
  );
}

function RunHead({
  status,
  url,
  selected,
}: {
  readonly status: RunStatus;
  readonly url: string | null;
  readonly selected: StageOutline | undefined;
}) {
  const { namespace, name, release, phase, reason, author, startedAt, endedAt, artifactDigest, planHash } = status;
  return (
    <header className="run-head">
      <p className="small crumbs">
        <Link href="/pipelines">Pipelines</Link> <span className="faint">/ {namespace}</span>
      </p>
      <div className="run-title">
        <h1>
          {name} <span className="mono">{release}</span>
        </h1>
        <span aria-live="polite">
          <PhaseBadge phase={phase} />
        </span>
        <RunActions status={status} stage={selected} />
      </div>
      {reason === '' ? null : <p className="run-reason">{reason}</p>}
      <dl className="facts small">
        <Fact name="author">{author}</Fact>
        <Fact name="started">
          <Ago at={startedAt} />
        </Fact>
        <Fact name={endedAt === null ? 'running for' : 'took'}>
          <Took from={startedAt} to={endedAt} />
        </Fact>
        <Fact name="artifact">
          <span className="mono" title={artifactDigest ?? ''}>
            {artifactDigest === null ? 'not built yet' : artifactDigest.replace(/^sha256:/, '').slice(0, 12)}
          </span>
        </Fact>
        <Fact name="plan">
          <span className="mono" title={planHash}>
            {planHash.slice(0, 12)}
          </span>
        </Fact>
        {url === null ? null : (
          <Fact name="history">
            <a href={url} target="_blank" rel="noreferrer">
              Temporal <Icon name="external" />
              <span className="sr-only"> (opens in a new tab)</span>
            </a>
          </Fact>
        )}
      </dl>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Asks({ status: { awaiting } }: { readonly status: RunStatus }) {
  return (
    <div className="notice tone-wait asks">
      <Icon name="awaiting" />
      <div>
        {awaiting.map(({ stage, gate, quorum, approvedBy, expiresAt }) => (
          <p key={`${stage} ${gate}`}>
            <b>{stage}</b> waits at {gate}: {approvedBy.length} of {quorum} approved, expires <Ago at={expiresAt} />.
          </p>
        ))}
      </div>
      <Link href="/approvals" className="button small-button">
        To the approvals
      </Link>
    </div>
  );
}
