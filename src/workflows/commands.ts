import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import { failure } from '../contracts/errors';
import {
  abortSignal,
  abortUpdate,
  type CommandInput,
  type DecideInput,
  decideSignal,
  decideUpdate,
  pauseSignal,
  pauseUpdate,
  resumeSignal,
  resumeUpdate,
  rollbackSignal,
  rollbackUpdate,
} from '../contracts/messages';
import type { SignedCommand } from '../contracts/proof';
import type { Approvals } from './approvals';
import { decisionFault, senderFault } from './message-faults';
import type { Proofs } from './proofs';
import type { Trail } from './trail';

export interface Command<Input> {
  /** Why it cannot be taken now, as a sentence; null when it can. Must not change anything. */
  refusal(input: Input): string | null;
  act(input: Input): void;
  /** Puts on record that its proof, or the lack of one, refused it. @default a refused command */
  refused?(input: Input, reason: string): void;
}

/** What a run that people steer can do; `snapshot` is what each command answers with. */
export interface Steerable<Status> {
  readonly approvals: Approvals;
  readonly proofs: Proofs;
  readonly trail: Trail;
  readonly commands: {
    readonly pause: Command<CommandInput>;
    readonly resume: Command<CommandInput>;
    readonly abort: Command<CommandInput>;
    readonly rollback: Command<CommandInput>;
  };
  snapshot(): Status;
}

/** Registers the commands that pipelines and deployments share. Must run before the workflow's first await. */
export function registerCommands<Status>(run: Steerable<Status>): void {
  const decide: Command<DecideInput> = {
    refusal: (input) => decisionFault(input) ?? run.approvals.unanswerable(input),
    act: (input) => run.approvals.decide(input),
    refused: (input, reason) => run.approvals.refuse(input, reason),
  };
  register(run, decideUpdate as UpdateDefinition<Status, [DecideInput]>, decideSignal, decide);
  register(run, pauseUpdate as UpdateDefinition<Status, [CommandInput]>, pauseSignal, run.commands.pause);
  register(run, resumeUpdate as UpdateDefinition<Status, [CommandInput]>, resumeSignal, run.commands.resume);
  register(run, abortUpdate as UpdateDefinition<Status, [CommandInput]>, abortSignal, run.commands.abort);
  register(run, rollbackUpdate as UpdateDefinition<Status, [CommandInput]>, rollbackSignal, run.commands.rollback);
}

/**
 * One command as an Update, whose refusal the caller sees at once, and as a Signal, whose refusal shows in the timeline.
 * A plain client may send anything, so the shape is checked here: a malformed message must not stall the workflow.
 */
export function register<Status, Input extends CommandInput>(
  run: Pick<Steerable<Status>, 'trail' | 'proofs' | 'snapshot'>,
  update: UpdateDefinition<Status, [Input]>,
  signal: SignalDefinition<[Input]>,
  command: Command<Input>,
): void {
  const refusal = (input: Input) => senderFault(input) ?? command.refusal(input);
  const act = (message: Input): Status => {
    const { input, refusal: reason } = run.proofs.judge(update.name as SignedCommand, message, Date.now());
    if (reason !== null) {
      (command.refused ?? refused)(input, reason);
      throw failure('PermissionDenied', reason);
    }
    command.act(input);
    return run.snapshot();
  };
  const refused = ({ by }: Input, reason: string) =>
    run.trail.note({
      action: 'command.refused',
      actor: by,
      message: `${update.name} of ${by.name} refused: ${reason}`,
    });
  setHandler(update, act, {
    validator: (input) => {
      const reason = refusal(input);
      if (reason) throw failure('Conflict', reason);
    },
  });
  setHandler(signal, (input) => {
    const reason = refusal(input);
    if (reason) {
      const sender = senderFault(input) ? 'an unknown sender' : input.by.name;
      run.trail.note({ action: 'command.refused', message: `${update.name} of ${sender} refused: ${reason}` });
      return;
    }
    try {
      act(input);
    } catch {
      // The reason is in the trail already; a Signal has nobody to answer to.
    }
  });
}
