import { Phase } from '../contracts/phases';
import type { AwaitingApproval, StageStatus } from '../contracts/status';
import type { Stop } from './cancellation';
import type { Ending } from './pipeline-ending';

export interface PipelineSituation {
  readonly stop: Stop | null;
  readonly paused: boolean;
  readonly stages: readonly StageStatus[];
  readonly awaiting: readonly AwaitingApproval[];
}

/** What a run that has not ended does now, in one phase and one sentence: what needs a person comes first. */
export function currentPhase({ stop, paused, stages, awaiting }: PipelineSituation): Ending {
  const namesIn = (phase: Phase) => stages.filter((stage) => stage.phase === phase).map(({ name }) => name);
  if (stop) return { phase: Phase.running, reason: `stopping: ${stop.reason}` };
  if (paused) return { phase: Phase.paused, reason: 'no further stage starts until somebody resumes' };
  const [asking] = awaiting;
  if (asking) return { phase: Phase.awaitingApproval, reason: `${asking.stage} waits at ${asking.gate}` };
  const stopped = namesIn(Phase.paused);
  if (stopped.length > 0) return { phase: Phase.paused, reason: `${stopped.join(', ')} is paused` };
  // Approved at one gate and not yet asked at the next, or about to start: nobody is waited for.
  const running = [...namesIn(Phase.running), ...namesIn(Phase.awaitingApproval)];
  if (running.length > 0) return { phase: Phase.running, reason: running.join(', ') };
  const waiting = stages.find(({ phase, reason }) => phase === Phase.waiting && reason !== '');
  return { phase: Phase.waiting, reason: waiting?.reason ?? '' };
}
