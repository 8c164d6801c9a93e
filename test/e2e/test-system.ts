import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = resolve(__dirname, '..', '..');
const f0Path = join(root, 'bin', 'f0.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An embedded system of a test's own: its home in a temporary folder, driven only through the `f0` command. */
export class TestSystem {
  readonly home = mkdtempSync(join(tmpdir(), 'f0-e2e-'));
  private up_: ChildProcess | null = null;
  private output = '';

  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, F0_HOME: this.home, NO_COLOR: '1', TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
  }

  async f0(...args: readonly string[]): Promise<Outcome> {
    const child = spawn(process.execPath, [f0Path, ...args], {
      env: this.env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: stdout(), stderr: stderr() };
  }

  /** The command's `--output json`; throws with everything it said when its exit code is another. */
  async json<T>(args: readonly string[], expectedCode = 0): Promise<T> {
    const { code, stdout, stderr } = await this.f0(...args, '--output', 'json');
    if (code !== expectedCode)
      throw new Error(`f0 ${args.join(' ')}: exit ${code}\n${stdout}\n${stderr}\n${this.output}`);
    return JSON.parse(stdout) as T;
  }

  /** Starts `f0 up` in the foreground and resolves when it is at work. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, [f0Path, 'up'], {
      env: this.env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.up_ = child;
    await new Promise<void>((ready, failed) => {
      const hear = (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-20_000);
        if (this.output.includes('At work')) ready();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code) => failed(new Error(`f0 up ended with code ${code}\n${this.output}`)));
    });
    this.output = '';
  }

  /** kill -9 of the process that holds workers, observer and API. */
  async killHard(): Promise<void> {
    const child = this.up_;
    if (!child || child.exitCode !== null) throw new Error('f0 up does not run');
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.up_ = null;
  }

  /** Ends everything that belongs to this home, whatever state it is in. */
  async dispose(): Promise<void> {
    this.up_?.removeAllListeners('exit');
    await this.f0('down');
    this.up_?.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Asks again until the answer is the wanted one; throws with the last answer after `limitMs`. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, limitMs = 60_000): Promise<T> {
  const began = Date.now();
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() - began > limitMs) throw new Error(`not so after ${limitMs} ms: ${JSON.stringify(answer, null, 2)}`);
    await sleep(100);
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}
