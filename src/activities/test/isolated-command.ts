import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { failure } from '../../contracts/errors';
import type { IsolationPlan } from '../../definition/release-plan';
import { formatBytes, pathFault } from '../artifacts';
import { createRedactor, isSecretReference, type SecretResolver } from '../secrets';
import { CommandProcesses, commandIdVariable } from './command-processes';
import { type CapturedOutput, OutputCapture } from './output-capture';
import { type ProcessOutcome, runProcess } from './run-process';

export interface IsolatedCommand {
  /** For messages: "unit_tests", "build 2". */
  readonly name: string;
  readonly command: string;
  /** The folder that the command sees as its own. */
  readonly folder: string;
  /** Relative to `folder`. */
  readonly workingDirectory: string;
  /** Values may be `secret://...`: they are resolved here, and masked in the output. */
  readonly env: Readonly<Record<string, string>>;
  readonly isolation: IsolationPlan;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface IsolatedOutcome extends ProcessOutcome {
  readonly output: CapturedOutput;
}

/** Between SIGTERM and SIGKILL: enough to write a report, short beside any timeout of a stage. */
const graceSeconds = 5;

/**
 * A folder for one command, and the mark on its processes. Made anew for each try under the same name: what an earlier
 * try left (its worker was killed) is ended and removed first, so nothing runs twice at a time.
 */
export class CommandRoom {
  readonly commandId: string;
  readonly folder: string;

  /** @param key the activity's idempotency key */
  constructor(workFolder: string, key: string, name: string) {
    // The work folder is part of it: two systems on one machine may run the same release.
    const parts = JSON.stringify([path.resolve(workFolder), key, name]);
    this.commandId = createHash('sha256').update(parts).digest('hex').slice(0, 32);
    this.folder = path.join(path.resolve(workFolder), this.commandId);
  }

  async open(): Promise<void> {
    await new CommandProcesses(this.commandId, null).killAll();
    await rm(this.folder, { recursive: true, force: true });
    for (const part of ['home', 'tmp']) await mkdir(path.join(this.folder, part), { recursive: true, mode: 0o700 });
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs a command under its isolation policy. Throws only for what keeps it from running; how it ended is the answer. */
export async function runIsolated(
  command: IsolatedCommand,
  room: CommandRoom,
  secrets: SecretResolver,
): Promise<IsolatedOutcome> {
  const { isolation } = command;
  const folder = await workingFolder(command);
  const { env, values } = await resolveEnvironment(command.env, secrets);
  const output = new OutputCapture(isolation.outputMiB * 1024 ** 2);
  const outcome = await runProcess({
    commandId: room.commandId,
    command: command.command,
    folder,
    env: { ...baseEnvironment(isolation, room), ...env, [commandIdVariable]: room.commandId },
    timeoutSeconds: command.timeoutSeconds,
    memoryBytes: isolation.memoryMiB * 1024 ** 2,
    graceSeconds,
    signal: command.signal,
    output,
  });
  return { ...outcome, output: output.finish(createRedactor(values)) };
}

/** Why a command counts as failed, in words; null when it did well. */
export function describeEnd(command: IsolatedCommand, outcome: IsolatedOutcome): string | null {
  const policy = `(isolation policy ${command.isolation.name})`;
  switch (outcome.reason) {
    case 'timeout':
      return `${command.name} took longer than its limit of ${Number(command.timeoutSeconds.toFixed(1))} s and was stopped`;
    case 'memory':
      return `${command.name} used ${formatBytes(outcome.peakBytes)} of memory, more than its limit of ${command.isolation.memoryMiB} MiB ${policy}, and was stopped`;
    case 'cancelled':
      return `${command.name} was cancelled`;
    case 'exit':
      if (outcome.exitCode === 0) return null;
      return outcome.signal
        ? `${command.name} was killed by ${outcome.signal}`
        : `${command.name} ended with exit code ${outcome.exitCode}${shellSignal(outcome.exitCode ?? 0)}`;
  }
}

/** Shells tell the signal that killed a program by 128 and its number. */
function shellSignal(exitCode: number): string {
  const found = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128);
  return found ? ` (${found[0]})` : '';
}

async function workingFolder({ name, folder, workingDirectory }: IsolatedCommand): Promise<string> {
  const relative = path.posix.normalize(workingDirectory === '' ? '.' : workingDirectory);
  const fault = pathFault(relative);
  if (fault) throw failure('InvalidInput', `${name}: the working directory ${fault}`);
  const target = path.join(folder, relative);
  const found = await stat(target).catch(() => null);
  if (!found?.isDirectory()) {
    throw failure('InvalidInput', `${name}: there is no folder "${workingDirectory}" in what it runs on`);
  }
  return target;
}

async function resolveEnvironment(
  declared: Readonly<Record<string, string>>,
  secrets: SecretResolver,
): Promise<{ env: Record<string, string>; values: string[] }> {
  const env: Record<string, string> = {};
  const values: string[] = [];
  for (const [name, value] of Object.entries(declared)) {
    env[name] = value;
    if (!isSecretReference(value)) continue;
    const resolved = await secrets.resolve(value);
    env[name] = resolved;
    values.push(resolved);
  }
  return { env, values };
}

/**
 * A clean environment has a home of its own: the worker's could hold credentials (`.npmrc`, `.netrc`, `.aws`).
 * Temporary files always go to the command's own folder, which is removed.
 */
function baseEnvironment(isolation: IsolationPlan, room: CommandRoom): Record<string, string> {
  const temporary = { TMPDIR: path.join(room.folder, 'tmp') };
  if (!isolation.cleanEnvironment) return { ...(process.env as Record<string, string>), ...temporary };
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: path.join(room.folder, 'home'),
    LANG: process.env.LANG ?? 'C.UTF-8',
    ...temporary,
  };
}
