import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { forkWorker } from '../fork-worker';
import { answer } from '../worker-answer';

/** What the worker has used since the first of its processes was started. */
export interface Usage {
  /** Of the process that had most. */
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
  /** To the API server, as the target counts them. */
  readonly requests: number;
}

/** One worker, which can be killed and started again. */
export class WorkerProcess {
  private child: ChildProcess | null = null;
  private past: Usage = { peakRssBytes: 0, cpuSeconds: 0, requests: 0 };

  constructor(private readonly args: readonly string[]) {}

  async start(): Promise<void> {
    // A step that fails is tried again, and the report tells of what was lost: no log is needed beside it.
    this.child = forkWorker(join(__dirname, 'worker.js'), this.args);
    await answer(this.child, ({ ready }) => ready === true);
  }

  async usage(): Promise<Usage> {
    const { child } = this;
    if (!child) return this.past;
    const told = answer(child, ({ cpuSeconds }) => typeof cpuSeconds === 'number');
    child.send('usage');
    const now = await told;
    return {
      peakRssBytes: Math.max(this.past.peakRssBytes, Number(now.peakRssBytes)),
      cpuSeconds: this.past.cpuSeconds + Number(now.cpuSeconds),
      requests: this.past.requests + Number(now.requests),
    };
  }

  /** As the kernel does when memory runs out: nothing is said and nothing is finished. */
  async kill(): Promise<void> {
    this.past = await this.usage();
    await this.end((child) => child.kill('SIGKILL'));
  }

  async stop(): Promise<void> {
    await this.end((child) => child.send('stop'));
  }

  private async end(act: (child: ChildProcess) => unknown): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    act(child);
    await ended;
  }
}
