import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { Pool } from 'undici';
import type { ReplicaPhase } from '../../activities/deploy/local-protocol';
import { isSameProcess, killGroup, signalGroup, startTimeOf } from './process-identity';
import type { ReplicaLog } from './replica-log';
import type { ReleaseState, ReplicaState } from './state';

export interface ReplicaOptions {
  readonly release: ReleaseState;
  /** Given to the process beside what the release declares. */
  readonly env: Readonly<Record<string, string>>;
  readonly drainSeconds: number;
  readonly logOf: (id: string) => ReplicaLog;
  /** Called after every change of phase or process. */
  readonly onChange: () => void;
  /** An existing one: its process is taken over if it still runs, else started anew. */
  readonly adopt?: ReplicaState;
}

/** How often a replica is asked for its health: until it is ready, and then. */
const startingCheckMs = 100;
const readyCheckMs = 1_000;
const healthTimeoutMs = 2_000;
/** Checks in a row that fail before a replica leaves the rotation: one may be bad luck. */
const failedChecks = 2;
/** Unhealthy for this long, it is started anew. */
const unhealthyRestartMs = 30_000;
/** Between a crash and the next start: doubled with each, at most the second. Ready for `calmMs`, the count starts over. */
const firstBackoffMs = 200;
const maxBackoffMs = 30_000;
const calmMs = 30_000;
/** Crashes in a row after which it is said that it will not come up. */
const crashLoop = 3;
/** From SIGTERM to SIGKILL. */
const stopGraceMs = 5_000;

/**
 * One replica of a release: a process group, started again when it ends by itself, asked for its health, and stopped
 * when its running requests are done. It never signals a process that it has not made sure is its own.
 */
export class Replica {
  readonly id: string;
  readonly release: string;
  readonly generation: string;
  phase: ReplicaPhase = 'starting';
  restarts = 0;
  /** What is wrong now, for people; null when all is well. */
  problem: string | null = null;
  /** What ended its process last, for people; null when nothing has. */
  ending: string | null = null;
  /** Requests that the proxy has running here. */
  inFlight = 0;

  private process: { readonly pid: number; readonly startTime: string; readonly child: ChildProcess | null } | null =
    null;
  private port = 0;
  private pool: Pool | null = null;
  private crashes = 0;
  private missed = 0;
  private since = performance.now();
  private wake = new AbortController();
  private settled: (() => void) | null = null;
  /** Resolves when the process is gone after `leave`. */
  readonly ended: Promise<void>;

  constructor(private readonly options: ReplicaOptions) {
    const { release, adopt } = options;
    this.id = adopt?.id ?? `${release.release.replaceAll(/[^\w.-]/g, '_')}-${randomUUID().slice(0, 8)}`;
    this.release = release.release;
    this.generation = adopt?.generation ?? release.generation;
    if (adopt && isSameProcess(adopt.pid, adopt.startTime)) {
      this.connect(adopt.port);
      this.process = { pid: adopt.pid, startTime: adopt.startTime, child: null };
    }
    this.ended = this.live();
  }

  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get dispatcher(): Pool | null {
    return this.pool;
  }

  /** It ends by itself again and again. */
  get hopeless(): boolean {
    return this.crashes >= crashLoop;
  }

  /** What to write down, to find the process again; null while there is none. */
  get state(): ReplicaState | null {
    const { id, release, generation, port, process: running } = this;
    return running && { id, release, generation, port, pid: running.pid, startTime: running.startTime };
  }

  logTail(): string {
    return this.options.logOf(this.id).tail();
  }

  /** The proxy could not connect: out of the rotation at once, and asked for its health again. */
  suspect(reason: string): void {
    if (this.phase !== 'ready') return;
    this.missed = failedChecks;
    this.become('unhealthy', reason);
    this.wake.abort();
  }

  /** Out of the rotation for good; `ended` tells when it is gone. */
  leave(): void {
    if (this.phase === 'leaving') return;
    this.become('leaving', null);
    this.wake.abort();
  }

  /** The proxy gives it a request. */
  begin(): void {
    this.inFlight += 1;
  }

  /** One request of the proxy's is over. */
  finish(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.settled?.();
  }

  private get leaving(): boolean {
    return this.phase === 'leaving';
  }

  /** Its whole life: started, watched, started again; until it shall leave. */
  private async live(): Promise<void> {
    while (!this.leaving) {
      if (this.process === null) await this.start();
      await this.watch();
      if (!this.leaving) await this.backOff();
    }
    await this.drained();
    await this.stop();
    this.disconnect();
  }

  private async start(): Promise<void> {
    this.become('starting', 'its process has only just been started');
    try {
      const port = await getPort({ host: '127.0.0.1' });
      if (this.leaving) return;
      const child = this.spawn(port);
      if (child.pid === undefined) throw (await once(child, 'error'))[0];
      this.process = { pid: child.pid, startTime: startTimeOf(child.pid) ?? 'ended', child };
      this.connect(port);
    } catch (error) {
      this.problem = `could not be started: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.options.onChange();
  }

  private spawn(port: number): ChildProcess {
    const { release, env, logOf } = this.options;
    const log = logOf(this.id).open();
    try {
      const child = spawn('/bin/sh', ['-c', release.start], {
        cwd: release.folder,
        // A group of its own: what it starts ends with it, and no signal for the agent reaches it.
        detached: true,
        env: { ...env, ...release.env, PORT: String(port) },
        stdio: ['ignore', log, log],
      });
      child.once('exit', (code, signal) => this.lost(child, `ended with ${signal ?? `exit code ${code}`}`));
      return child;
    } finally {
      closeSync(log);
    }
  }

  /** Asks for its health until it has no process any more, or shall leave. */
  private async watch(): Promise<void> {
    while (this.process !== null && !this.leaving) {
      const problem = await this.check();
      if (this.process === null || this.leaving) return;
      if (this.process.child === null && !isSameProcess(this.process.pid, this.process.startTime)) {
        this.process = null;
        this.problem = 'ended while nobody watched it';
        return;
      }
      this.judge(problem);
      if (await this.overdue()) return;
      await this.nap(this.phase === 'starting' ? startingCheckMs : readyCheckMs);
    }
  }

  private judge(problem: string | null): void {
    if (problem === null) {
      this.missed = 0;
      if (this.phase === 'ready' && performance.now() - this.since > calmMs) this.crashes = 0;
      this.become('ready', null);
      return;
    }
    this.missed += 1;
    if (this.phase === 'ready' && this.missed >= failedChecks) this.become('unhealthy', problem);
    else this.problem = problem;
  }

  /** Ends a process that does not become healthy; answers whether it did. */
  private async overdue(): Promise<boolean> {
    const limitMs = this.phase === 'starting' ? this.options.release.startSeconds * 1000 : unhealthyRestartMs;
    if (this.phase === 'ready' || performance.now() - this.since < limitMs) return false;
    const { problem } = this;
    await this.stop();
    this.problem = `was not healthy for ${limitMs / 1000} s: ${problem}`;
    return true;
  }

  private async check(): Promise<string | null> {
    if (this.pool === null) return 'it does not run';
    const { healthPath } = this.options.release;
    try {
      const { statusCode, body } = await this.pool.request({
        method: 'GET',
        path: healthPath,
        headersTimeout: healthTimeoutMs,
        bodyTimeout: healthTimeoutMs,
      });
      await body.dump();
      return statusCode < 400 ? null : `${healthPath} answered ${statusCode}`;
    } catch (error) {
      return `${healthPath} did not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private async backOff(): Promise<void> {
    this.crashes += 1;
    this.restarts += 1;
    this.ending = this.problem;
    this.disconnect();
    this.become('backoff', this.problem);
    await this.nap(Math.min(maxBackoffMs, firstBackoffMs * 2 ** (this.crashes - 1)));
  }

  /** Our child has ended; what it left behind in its group ends too. */
  private lost(child: ChildProcess, problem: string): void {
    if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
    if (this.process?.child !== child) return;
    this.process = null;
    if (this.leaving) return;
    this.problem = problem;
    // At once, so that the proxy gives it nothing more.
    if (this.phase === 'ready') this.become('unhealthy', problem);
    this.wake.abort();
  }

  private async drained(): Promise<void> {
    if (this.inFlight === 0 || this.process === null) return;
    await Promise.race([
      new Promise<void>((resolve) => {
        this.settled = resolve;
      }),
      delay(this.options.drainSeconds * 1000, undefined, { ref: false }),
    ]);
  }

  private async stop(): Promise<void> {
    const running = this.process;
    if (running === null || !signalGroup(running.pid, running.startTime, 'SIGTERM')) {
      this.process = null;
      return;
    }
    const deadline = performance.now() + stopGraceMs;
    while (isSameProcess(running.pid, running.startTime)) {
      if (performance.now() > deadline) signalGroup(running.pid, running.startTime, 'SIGKILL');
      await delay(20);
    }
    // Its leader has ended this moment: the group is still ours, whoever is left in it.
    killGroup(running.pid, 'SIGKILL');
    this.process = null;
  }

  private connect(port: number): void {
    this.disconnect();
    this.port = port;
    this.pool = new Pool(this.url, {
      connect: { timeout: 2_000 },
      // How long an answer may take is between the app and its users, who can give up.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Shorter than what servers keep a quiet connection open for (Node: 5 s), so that none is used as it is closed.
      keepAliveTimeout: 1_500,
      keepAliveMaxTimeout: 3_000,
    });
  }

  private disconnect(): void {
    void this.pool?.destroy();
    this.pool = null;
  }

  private become(phase: ReplicaPhase, problem: string | null): void {
    this.problem = problem;
    if (phase === this.phase) return;
    this.phase = phase;
    this.since = performance.now();
    this.options.onChange();
  }

  private async nap(ms: number): Promise<void> {
    if (this.leaving) return;
    this.wake = new AbortController();
    await delay(ms, undefined, { signal: this.wake.signal }).catch(() => undefined);
  }
}
