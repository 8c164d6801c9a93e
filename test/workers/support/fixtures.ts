import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heartbeat } from '@temporalio/activity';
import { type Client, WorkflowClient, type WorkflowHandle } from '@temporalio/client';
import { TaskQueue } from '../../../src/contracts/task-queues';
import { createLogger, loadWorkerConfig, type WorkerConfig, type WorkerServices } from '../../../src/workers';
import { workflowBundle } from '../../support/temporal';
import type { WorkInput, working } from './work-workflows';

export { WorkflowClient };

/** Logs nothing. */
export const silent = createLogger({ level: 'silent', format: 'json' });

export const workBundle = (variant: 'plain' | 'encrypted' = 'plain') =>
  workflowBundle(join(__dirname, 'work-workflows.ts'), variant);

/** A configuration on free ports, from the same variables as a real process. */
export function workerConfig(env: Record<string, string> = {}): WorkerConfig {
  return loadWorkerConfig(
    { F0_TASK_QUEUES: 'orchestrate,operate', F0_HEALTH_PORT: '0', F0_METRICS_PORT: '0', ...env },
    { home: tmpdir() },
  );
}

/** Services whose parts a test can break and look into. */
export class FakeServices implements WorkerServices {
  readonly worked: string[] = [];
  readonly noted: string[] = [];
  databaseFault: string | null = null;
  started = false;
  stopped = false;
  /** Replaced by a test that wants the activity to take its time. */
  work: (key: string) => Promise<void> = async () => undefined;

  readonly activities = {
    [TaskQueue.operate]: {
      work: async ({ key }: { key: string }) => {
        // However long a test holds it, on however busy a machine: it is no dead worker's.
        const beat = setInterval(() => heartbeat(), 200);
        try {
          await this.work(key);
        } finally {
          clearInterval(beat);
        }
        this.worked.push(key);
        return key;
      },
    },
    [TaskQueue.orchestrate]: {
      note: async ({ key }: { key: string }) => {
        this.noted.push(key);
      },
    },
  };

  async checkDatabase(): Promise<void> {
    if (this.databaseFault) throw new Error(this.databaseFault);
  }
  observerStats(): { readonly watches: number; readonly state: string } {
    return { watches: 7, state: 'not a number' };
  }
  async start(): Promise<void> {
    this.started = true;
  }
  async stop(): Promise<void> {
    this.stopped = true;
  }
}

export function startWorking(client: Client, input: Partial<WorkInput> = {}): Promise<WorkflowHandle<typeof working>> {
  const workflowId = `work-${randomUUID()}`;
  return client.workflow.start<typeof working>('working', {
    workflowId,
    taskQueue: TaskQueue.orchestrate,
    args: [{ key: workflowId, times: 1, ...input }],
  });
}

/** A folder of the test's own, gone after it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'f0-workers-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
