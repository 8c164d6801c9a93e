import { Fragment } from 'react';
import type { RunStatus } from '../../../../client';
import { isFinal } from '../../../../contracts/phases';
import type { DeploymentStatus, StageStatus } from '../../../../contracts/status';
import type { StageOutline } from '../../../api';
import { Took } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { useIsPhone } from '../../parts/media';
import { phaseLook } from '../../parts/status';
import { useWidth } from '../../parts/width';
import { layoutDag, nodeHeight } from './dag-layout';

export interface DagProps {
  readonly stages: readonly StageOutline[];
  readonly status: RunStatus;
  readonly selected: string | null;
  readonly select: (stage: string) => void;
}

/** The way of a release. Edges are drawn, stages are buttons: each tells its state in words. */
export function Dag({ stages, status, selected, select }: DagProps) {
  const [box, width] = useWidth<HTMLDivElement>(960);
  const layout = layoutDag(stages, width, useIsPhone());
  const byName = new Map(status.stages.map((stage) => [stage.name, stage]));
  return (
    <div className="dag-scroll" ref={box}>
      <div className="dag" style={{ width: layout.width, height: layout.height }}>
        <svg width={layout.width} height={layout.height} aria-hidden="true">
          {layout.edges.map(({ from, to, path }) => (
            <path key={`${from} ${to}`} d={path} className={`edge ${edgeState(byName.get(from), byName.get(to))}`} />
          ))}
        </svg>
        <ul aria-label="Stages">
          {layout.nodes.map(({ name, x, y }) => {
            const outline = stages.find((stage) => stage.name === name);
            const stage = byName.get(name);
            if (!outline || !stage) return null;
            return (
              <li key={name} style={{ left: x, top: y, width: layout.nodeWidth, height: nodeHeight }}>
                <StageNode
                  outline={outline}
                  stage={stage}
                  deployment={status.deployments.find(({ workflowId }) => workflowId === stage.deploymentId)}
                  selected={selected === name}
                  select={select}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

function edgeState(from: StageStatus | undefined, to: StageStatus | undefined): string {
  if (from?.phase !== 'succeeded') return 'ahead';
  return to && to.phase !== 'waiting' ? 'travelled' : 'open';
}

interface StageNodeProps {
  readonly outline: StageOutline;
  readonly stage: StageStatus;
  readonly deployment: DeploymentStatus | undefined;
  readonly selected: boolean;
  readonly select: (stage: string) => void;
}

function StageNode({ outline, stage, deployment, selected, select }: StageNodeProps) {
  const look = phaseLook(stage.phase);
  return (
    <button
      type="button"
      className={`stage tone-${look.tone} ${isFinal(stage.phase) || stage.phase === 'waiting' ? '' : 'at-work'}`}
      aria-pressed={selected}
      onClick={() => select(stage.name)}
    >
      <span className="stage-name" title={stage.name}>
        <Breakable name={stage.name} />
      </span>
      <span className="stage-phase">
        <Icon name={look.icon} spin={look.icon === 'running'} />
        <span className="clip">{look.word}</span>
      </span>
      {deployment ? <StageProgress deployment={deployment} /> : <StageNote outline={outline} stage={stage} />}
    </button>
  );
}

/** How long it took; before it starts, what it is and what it waits for. */
function StageNote({
  outline: { kind, environment, strategy, gates },
  stage,
}: Pick<StageNodeProps, 'outline' | 'stage'>) {
  const place = [environment, strategy].filter(Boolean).join(' · ') || kind;
  const waitsFor = gates.length > 0 && stage.startedAt === null ? `after ${gates.join(', ')}` : place;
  return (
    <span className="stage-note small">
      <span className="clip" title={waitsFor}>
        {waitsFor}
      </span>
      {stage.startedAt === null || stage.phase === 'waiting' ? null : (
        <Took from={stage.startedAt} to={stage.endedAt} />
      )}
    </span>
  );
}

/** Names are long words; they break where people would break them. */
function Breakable({ name }: { readonly name: string }) {
  return name.split(/(?<=[_-])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name never move
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}

function StageProgress({ deployment: { steps, weight } }: { readonly deployment: DeploymentStatus }) {
  const done = steps.filter(({ phase }) => isFinal(phase)).length;
  return (
    <span className="stage-progress small">
      <span>
        step {Math.min(done + 1, steps.length)} of {steps.length} · {weight} %
      </span>
      <span className="meter">
        <span style={{ width: `${(done / Math.max(1, steps.length)) * 100}%` }} />
      </span>
    </span>
  );
}
