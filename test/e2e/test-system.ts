import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectProduction, connectTemporal, type RunStatus } from '../../src/client';
import { isAlive, type ProcessIdentity } from '../../src/embedded/process-identity';
import type { SystemState } from '../../src/embedded/system-state';
import { until } from '../support/wait-for';

export const root = resolve(__dirname, '..', '..');
const f0Path = join(root, 'bin', 'f0.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs; `text()` is what it has said so far, on both streams. */
export interface RunningCommand {
  readonly child: ChildProcess;
  text(): string;
  readonly ended: Promise<Outcome>;
}

/** The processes of an embedded system, from the files in its home. */
export interface SystemProcesses {
  readonly system: ProcessIdentity;
  readonly temporal: ProcessIdentity;
  readonly agent: ProcessIdentity;
  readonly replicas: readonly ProcessIdentity[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** An embedded system of a test's own: its home in a temporary folder, driven only through the `f0` command. */
export class TestSystem {
  readonly home = mkdtempSync(join(tmpdir(), 'f0-e2e-'));
  private up_: RunningCommand | null = null;

  constructor(private readonly env: Env = {}) {}

  /** @param input what comes on its standard input; left out: nothing */
  start(args: readonly string[], env: Env = {}, input?: string): RunningCommand {
    const own = { F0_HOME: this.home, NO_COLOR: '1', TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
    const child = spawn(process.execPath, [f0Path, ...args], {
      env: { ...process.env, ...own, ...this.env, ...env },
      cwd: root,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const ended = once(child, 'close').then(([code]) => ({ code, stdout: stdout(), stderr: stderr() }));
    return { child, text: () => stdout() + stderr(), ended };
  }

  f0(...args: readonly string[]): Promise<Outcome> {
    return this.start(args).ended;
  }

  /** The command's `--output json`; throws with everything it said when its exit code is another. */
  async json<T>(args: readonly string[], expectedCode = 0): Promise<T> {
    const { code, stdout, stderr } = await this.f0(...args, '--output', 'json');
    if (code !== expectedCode)
      throw new Error(`f0 ${args.join(' ')}: exit ${code}\n${stdout}\n${stderr}\n${this.up_?.text() ?? ''}`);
    return JSON.parse(stdout) as T;
  }

  /** Starts `f0 up` in the foreground and resolves when it is at work. */
  async up(options: readonly string[] = [], env: Env = {}): Promise<void> {
    const up = this.start(['up', ...options], env);
    this.up_ = up;
    await until(
      async () => up.text(),
      (text) => text.includes('At work') || up.child.exitCode !== null,
    );
    if (up.child.exitCode !== null) throw new Error(`f0 up ended with code ${up.child.exitCode}\n${up.text()}`);
  }

  /** Starts a release and answers the id of its run. */
  async run(file: string, release: string, ...options: readonly string[]): Promise<string> {
    const args = ['run', file, '--release', release, '--as', 'anna', '--detach', ...options];
    return (await this.json<{ readonly workflowId: string }>(args)).workflowId;
  }

  /** What `f0 status` prints, asked in this process: a process a question takes the machine from what is watched. */
  async status(run: string): Promise<RunStatus> {
    const client = await connectProduction({ ...this.read<SystemState>('system.json').temporal, env: {} });
    try {
      return await client.status(run);
    } finally {
      await client.close();
    }
  }

  /** The status of a run that is over: its last messages and the end of its audit trail come after its last phase. */
  async end(run: string, limitMs = 120_000): Promise<RunStatus> {
    const ended = await until(
      () => this.status(run),
      ({ endedAt }) => endedAt !== null,
      limitMs,
    );
    await until(
      () => this.isClosed(run),
      (isClosed) => isClosed,
      limitMs,
    );
    return ended;
  }

  private async isClosed(run: string): Promise<boolean> {
    const client = await connectTemporal({ ...this.read<SystemState>('system.json').temporal, env: {} });
    try {
      return (await client.workflow.getHandle(run).describe()).status.name !== 'RUNNING';
    } finally {
      await client.connection.close();
    }
  }

  /** Where the console answers, and the token of the owner. */
  api(): SystemState['api'] {
    return this.read<SystemState>('system.json').api;
  }

  /** What the console answers its owner. */
  async ask<T>(path: string): Promise<T> {
    const { url, token } = this.api();
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  processes(): SystemProcesses {
    const agent = this.read<{ pid: number; startTime: string }>('cluster', 'agent.json');
    const { apps } = this.cluster();
    return {
      system: this.read<SystemState>('system.json').process,
      temporal: this.read<{ process: ProcessIdentity }>('temporal', 'server.json').process,
      agent: { pid: agent.pid, startedAt: agent.startTime },
      replicas: apps.flatMap((app) => app.replicas.map(({ pid, startTime }) => ({ pid, startedAt: startTime }))),
    };
  }

  /** What the cluster has written down: the traffic of each app. */
  cluster(): { readonly apps: readonly ClusterApp[] } {
    return this.read('cluster', 'state.json');
  }

  /** The address of the console. */
  consoleUrl(): string {
    return this.read<SystemState>('system.json').api.url;
  }

  private read<T>(...path: readonly string[]): T {
    return JSON.parse(readFileSync(join(this.home, ...path), 'utf8')) as T;
  }

  /** kill -9 of one of the system's processes, and only that. */
  async killHard(which: 'system' | 'temporal' | 'agent'): Promise<void> {
    const process_ = this.processes()[which];
    if (!isAlive(process_)) throw new Error(`${which} does not run`);
    process.kill(process_.pid, 'SIGKILL');
    await gone([process_]);
    if (which === 'system') this.up_ = null;
  }

  /** Ends everything that belongs to this home, whatever state it is in. */
  async dispose(): Promise<void> {
    await this.f0('down');
    this.up_?.child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }
}

interface ClusterApp {
  readonly key: {
    readonly namespace: string;
    readonly environment: string;
    readonly region?: string;
    readonly app: string;
  };
  readonly port: number;
  readonly stable: string | null;
  readonly weights: readonly { readonly release: string; readonly weight: number }[];
  readonly replicas: readonly { readonly release: string; readonly pid: number; readonly startTime: string }[];
}

/** Resolves when none of these processes lives. */
export async function gone(processes: readonly ProcessIdentity[]): Promise<void> {
  await until(
    async () => processes.filter(isAlive),
    (living) => living.length === 0,
    10_000,
  );
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}
