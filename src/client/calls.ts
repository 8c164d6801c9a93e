import type { Client } from '@temporalio/client';
import { NotFound, Refused } from './errors';
import { translateError } from './translate-error';

export interface CallLimits {
  /** Milliseconds each: for questions, for commands, for looks at clusters or long histories. */
  readonly askMs: number;
  readonly commandMs: number;
  readonly lookMs: number;
}

/** Calls of Temporal with a limit in time, whose errors are ours; `what` names in them what the call was about. */
export class Calls {
  constructor(
    private readonly client: Client,
    private readonly limits: CallLimits,
  ) {}

  ask<R>(what: string, call: () => Promise<R>): Promise<R> {
    return this.within(this.limits.askMs, what, call);
  }

  act<R>(what: string, call: () => Promise<R>): Promise<R> {
    return this.within(this.limits.commandMs, what, call);
  }

  look<R>(what: string, call: () => Promise<R>): Promise<R> {
    return this.within(this.limits.lookMs, what, call);
  }

  /** Sends a command to a workflow; one for a run that has ended is a refusal, not a run that does not exist. */
  async command<R>(workflowId: string, send: () => Promise<R>): Promise<R> {
    try {
      return await this.act(workflowId, send);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      const found = await this.ask(workflowId, () => this.client.workflow.getHandle(workflowId).describe());
      if (found.status.name === 'RUNNING') throw error;
      throw new Refused(`${workflowId} has ended (${found.status.name.toLowerCase()}): it takes no more commands`, {
        cause: error,
      });
    }
  }

  private async within<R>(timeoutMs: number, what: string, call: () => Promise<R>): Promise<R> {
    try {
      return await this.client.withDeadline(Date.now() + timeoutMs, call);
    } catch (error) {
      throw translateError(error, what);
    }
  }
}
