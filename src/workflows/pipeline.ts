import { setHandler } from '@temporalio/workflow';
import { failure } from '../contracts/errors';
import {
  planQuery,
  skipSignal,
  skipUpdate,
  stageProgressSignal,
  statusQuery,
  timelineQuery,
} from '../contracts/messages';
import { Phase } from '../contracts/phases';
import type { PipelineInput, PipelineResult } from '../contracts/workflows';
import { register, registerCommands } from './commands';
import { isStageProgress } from './message-faults';
import { PipelineRun } from './pipeline-run';

/**
 * Runs one release through its stages. Ends with a result when the release is live, went back or was aborted; fails
 * with `ReleaseFailed` (the result in its details) when it failed, so that it is red wherever workflows are listed.
 */
export async function pipeline(input: PipelineInput): Promise<PipelineResult> {
  const run = new PipelineRun(input);
  registerCommands(run);
  register(run, skipUpdate, skipSignal, run.commands.skip);
  setHandler(statusQuery, () => run.snapshot());
  setHandler(planQuery, () => input.plan);
  setHandler(timelineQuery, () => run.trail.timeline);
  setHandler(stageProgressSignal, (progress) => {
    if (isStageProgress(progress)) run.hear(progress);
  });

  const result = await run.execute();
  if (result.phase === Phase.failed) throw failure('ReleaseFailed', result.reason, { details: [result] });
  return result;
}
