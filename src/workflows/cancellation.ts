import { CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import type { Identity } from '../contracts/identity';

/** Why work under way was stopped from outside. */
export interface Stop {
  readonly kind: 'abort' | 'rollback' | 'cancel' | 'event';
  readonly reason: string;
  readonly actor: Identity;
}

/** Work that people and events may stop at any instant, with the reason kept for those who clean up. */
export class Stoppable {
  stop: Stop | null = null;
  private readonly scope = new CancellationScope();

  /** The first reason counts, except that a rollback goes further than an abort; the others find it stopping already. */
  request(stop: Stop): void {
    if (this.stop && !(this.stop.kind === 'abort' && stop.kind === 'rollback')) return;
    this.stop = stop;
    this.scope.cancel();
  }

  /** Runs the work; rejects with a cancellation when it was stopped, whatever the work made of it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.throwIfStopped();
    const result = await this.scope.run(work);
    this.throwIfStopped();
    return result;
  }

  /** Stopped by us, or the whole workflow was cancelled, also after the work was done. */
  get isCancelled(): boolean {
    return this.scope.consideredCancelled;
  }

  throwIfStopped(): void {
    if (this.isCancelled) throw new CancelledFailure(this.stop?.reason ?? 'cancelled');
  }

  /** Tells a stop (ours, or a cancelled workflow) from a failure of the work itself, cancelled activities included. */
  explain(error: unknown): Stop | null {
    if (this.stop) return this.stop;
    if (!isCancellation(error) || !this.isCancelled) return null;
    this.stop = { kind: 'cancel', reason: 'cancelled', actor: { name: 'temporal', source: 'system' } };
    return this.stop;
  }
}
