import type { CommandInput, SkipInput } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import type { StageStatus } from '../contracts/status';
import type { StagePlan } from '../definition/release-plan';
import type { Command } from './commands';

/** What the commands of a pipeline may see and do. */
export interface CommandRoom {
  paused: boolean;
  readonly stages: readonly StageStatus[];
  stagePlan(name: string): StagePlan | undefined;
  /** Why nothing can be asked of the run any more; null while it runs. */
  overRefusal(): string | null;
  /** Why nothing further starts, whatever is asked; null when nothing stops it. */
  stoppingRefusal(): string | null;
  heard(action: string, input: CommandInput, words: string): void;
  forward(kind: 'pause' | 'resume', input: CommandInput): void;
  stop(kind: 'abort' | 'rollback', input: CommandInput): void;
  leaveOut(stage: string, input: CommandInput): void;
}

export interface PipelineCommands {
  readonly pause: Command<CommandInput>;
  readonly resume: Command<CommandInput>;
  readonly abort: Command<CommandInput>;
  readonly rollback: Command<CommandInput>;
  readonly skip: Command<SkipInput>;
}

/** When a command is taken, and what it does. Abort and rollback are taken in every state until the run has ended. */
export function pipelineCommands(run: CommandRoom): PipelineCommands {
  const deploymentPaused = () => run.stages.some(({ phase }) => phase === Phase.paused);
  return {
    pause: {
      refusal: () => run.overRefusal() ?? run.stoppingRefusal() ?? (run.paused ? 'the run is paused already' : null),
      act: (input) => {
        run.paused = true;
        run.heard('release.paused', input, 'paused: no further stage or step starts');
        run.forward('pause', input);
      },
    },
    resume: {
      refusal: () => run.overRefusal() ?? (run.paused || deploymentPaused() ? null : 'the run is not paused'),
      act: (input) => {
        run.paused = false;
        run.heard('release.resumed', input, 'resumed');
        run.forward('resume', input);
      },
    },
    abort: { refusal: () => run.overRefusal(), act: (input) => run.stop('abort', input) },
    rollback: { refusal: () => run.overRefusal(), act: (input) => run.stop('rollback', input) },
    /** Leaves out a stage that has not started; its dependants run. A gate is decided, never skipped. */
    skip: {
      refusal: (input) => run.overRefusal() ?? run.stoppingRefusal() ?? skipRefusal(run, input.stage),
      act: (input) => run.leaveOut(input.stage, input),
    },
  };
}

function skipRefusal(run: CommandRoom, name: string): string | null {
  const status = run.stages.find((stage) => stage.name === name);
  const names = run.stages.map((stage) => stage.name).join(', ');
  if (!status) return `there is no stage ${String(name)}; stages: ${names}`;
  if (run.stagePlan(name)?.gates.length) {
    return `${name} has an approval gate: approve or reject it, it cannot be skipped`;
  }
  return status.phase === Phase.waiting && status.startedAt === null ? null : `${name} is ${status.phase} already`;
}
