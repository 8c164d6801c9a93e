import type { Client } from '@temporalio/client';
import type { TaskQueue } from '../contracts/task-queues';
import type { WorkerConfig } from './config';
import type { Logger } from './logging';
import type { ProductMetrics } from './product-metrics';

/** What the workers of a process stand on: the activities of each queue it serves, and what runs behind them. */
export interface WorkerServices {
  /** By queue; those of `f0-orchestrate` are beside the workflows, which every worker of it runs. */
  readonly activities: Readonly<Partial<Record<TaskQueue, object>>>;
  /** Throws when the database does not answer; does nothing where no served queue needs one. */
  checkDatabase(): Promise<void>;
  /** Figures of the observer; null where nothing is observed. */
  observerStats(): Readonly<Record<string, unknown>> | null;
  /** Begins what runs beside the workers (the observer's sampling). */
  start(): Promise<void>;
  /** Ends it, after the last activity has: whatever was opened for these services is closed. */
  stop(): Promise<void>;
}

export interface ServiceContext {
  readonly config: WorkerConfig;
  readonly client: Client;
  readonly logger: Logger;
  /** Told what becomes a fact in these services. */
  readonly metrics: ProductMetrics;
}
