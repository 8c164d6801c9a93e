import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../contracts/errors';
import { CommandProcesses } from './command-processes';
import { ControlGroup } from './control-group';
import type { OutputCapture } from './output-capture';

export interface ProcessRequest {
  /** Unique for what runs on this machine; the command's environment carries it as `F0_COMMAND_ID`. */
  readonly commandId: string;
  /** Given to the shell. */
  readonly command: string;
  readonly folder: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryBytes: number;
  /** Between SIGTERM and SIGKILL, when it is stopped from outside or takes too long. */
  readonly graceSeconds: number;
  readonly signal: AbortSignal;
  readonly output: OutputCapture;
  /**
   * The control group to make one in; null: only the process table is watched.
   * @default the worker's own, where it may be written
   */
  readonly controlGroup?: string | null;
}

export type EndReason = 'exit' | 'timeout' | 'memory' | 'cancelled';

export interface ProcessOutcome {
  readonly reason: EndReason;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationSeconds: number;
  readonly peakBytes: number;
}

/** Timers of Node hold no more than this. */
const maxTimerMs = 2 ** 31 - 1;
const sampleEveryMs = 100;
/** Looking at the process table takes at most this share of the time, however many processes there are. */
const samplingShare = 0.05;

/** Runs a shell command in a process group of its own. When this answers, none of its processes is left. */
export async function runProcess(request: ProcessRequest): Promise<ProcessOutcome> {
  request.signal.throwIfAborted();
  const startedAt = performance.now();
  const group = await ControlGroup.create(request.commandId, request.memoryBytes, request.controlGroup);
  try {
    return await runInGroup(request, group, startedAt);
  } finally {
    await group?.close();
  }
}

async function runInGroup(
  request: ProcessRequest,
  group: ControlGroup | null,
  startedAt: number,
): Promise<ProcessOutcome> {
  const child = spawn('/bin/sh', group?.shellArguments(request.command) ?? ['-c', request.command], {
    cwd: request.folder,
    env: request.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close').catch(() => undefined);
  child.stdout.on('data', (chunk: Buffer) => request.output.write(chunk));
  child.stderr.on('data', (chunk: Buffer) => request.output.write(chunk));
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw spawnFailure(error);
  }

  const processes = new CommandProcesses(request.commandId, child.pid ?? null, group);
  const watch = new Watch(processes, request);
  try {
    const [exitCode, signal] = await exitOf(child);
    const reason = watch.reason === 'exit' && group?.ranOutOfMemory() ? 'memory' : watch.reason;
    return { reason, exitCode, signal, durationSeconds: seconds(startedAt), peakBytes: watch.peakBytes };
  } finally {
    watch.end();
    // The shell may be gone at once while what it ran still cleans up: the grace is for all of them.
    await processes.waitUntilGone(watch.graceLeftMs());
    await processes.killAll();
    // A process that escaped all that could still hold the pipes open; nobody waits for it.
    await Promise.race([closed, delay(1_000, undefined, { ref: false })]);
    destroy(child.stdout, child.stderr);
  }
}

/** What can end a command besides itself. */
class Watch {
  reason: EndReason = 'exit';
  peakBytes = 0;
  private readonly timeout: NodeJS.Timeout;
  private sampler: NodeJS.Timeout;
  private killer: NodeJS.Timeout | undefined;
  private killAt = 0;
  private readonly onAbort = () => this.stop('cancelled');

  constructor(
    private readonly processes: CommandProcesses,
    private readonly request: ProcessRequest,
  ) {
    this.timeout = setTimeout(() => this.stop('timeout'), Math.min(maxTimerMs, request.timeoutSeconds * 1_000));
    this.sampler = setTimeout(() => this.sample(), 0);
    request.signal.addEventListener('abort', this.onAbort, { once: true });
    if (request.signal.aborted) this.onAbort();
  }

  private sample(): void {
    const startedAt = performance.now();
    const bytes = this.processes.residentBytes();
    this.peakBytes = Math.max(this.peakBytes, bytes);
    if (bytes > this.request.memoryBytes) this.stop('memory');
    const costMs = performance.now() - startedAt;
    this.sampler = setTimeout(() => this.sample(), Math.max(sampleEveryMs, costMs / samplingShare));
  }

  private stop(reason: Exclude<EndReason, 'exit'>): void {
    if (this.reason !== 'exit') return;
    this.reason = reason;
    // A command over its memory limit gets no time to take more.
    if (reason === 'memory') {
      this.processes.signal('SIGKILL');
      return;
    }
    this.processes.signal('SIGTERM');
    const graceMs = this.request.graceSeconds * 1_000;
    this.killAt = performance.now() + graceMs;
    this.killer = setTimeout(() => this.processes.signal('SIGKILL'), graceMs);
  }

  /** Nothing for a command that ended by itself, or that took too much memory. */
  graceLeftMs(): number {
    return Math.max(0, this.killAt - performance.now());
  }

  end(): void {
    clearTimeout(this.timeout);
    clearTimeout(this.sampler);
    clearTimeout(this.killer);
    this.request.signal.removeEventListener('abort', this.onAbort);
  }
}

async function exitOf(child: ReturnType<typeof spawn>): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return [child.exitCode, child.signalCode];
}

function spawnFailure(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'E2BIG') {
    return failure('InvalidInput', 'the command and its environment are too long for this system', { cause: error });
  }
  return failure('Unavailable', `the command could not be started: ${message}`, { cause: error });
}

function seconds(sinceMs: number): number {
  return Math.round(performance.now() - sinceMs) / 1_000;
}

function destroy(...streams: readonly Readable[]): void {
  for (const stream of streams) stream.destroy();
}
