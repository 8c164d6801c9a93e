import { Phase } from '../contracts/phases';
import type { StageStatus } from '../contracts/status';
import type { PipelineResult } from '../contracts/workflows';
import type { Stop } from './cancellation';

export type Ending = Pick<PipelineResult, 'phase' | 'reason'>;

/**
 * What a run is called when it is over. The first cause names it; after a stop a stage that failed counts before those
 * that were merely stopped, because then it is not so that everything is as it was.
 */
export function endingOf(release: string, causes: readonly StageStatus[], stop: Stop | null): Ending {
  const cause = (stop && causes.find(({ phase }) => phase === Phase.failed)) ?? causes[0];
  const reason = cause ? `${cause.name}: ${cause.reason}` : stop?.reason;
  if (!stop) {
    return cause
      ? { phase: cause.phase, reason: reason ?? '' }
      : { phase: Phase.succeeded, reason: `${release} went through all stages` };
  }
  const stopped = stop.kind === 'rollback' ? Phase.rolledBack : Phase.aborted;
  const phase = cause && cause.phase !== Phase.aborted ? cause.phase : stopped;
  return { phase, reason: reason ?? '' };
}
