import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Kills what is still running, and removes the folder, when the process at the other end of its standard input is gone:
 * however a test run ends, also by SIGKILL, its servers end with it.
 */
const guard = `
folder=$1 pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
rm -rf "$folder"
`;

export interface Process {
  /** Thrown when it has ended though nobody stopped it: what it said last. */
  assertRunning(): void;
  /** Kills it: nothing of it is needed afterwards, and what must survive must survive this. */
  stop(): Promise<void>;
}

/** Starts servers that log into a folder, and sees to it that they do not outlive this process. */
export class Processes {
  private readonly guard: ChildProcess;
  private readonly running = new Set<Process>();

  constructor(private readonly folder: string) {
    // In a process group of its own: Ctrl-C at the terminal must not end the guard first.
    this.guard = spawn('sh', ['-c', guard, 'guard', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.guard.unref();
    // It may be gone before the last line is written.
    this.guard.stdin?.on('error', () => {});
  }

  /** `name` is the log's; the program's environment is empty but for the PATH, since etcd and others take flags from it. */
  start(name: string, program: string, args: readonly string[]): Process {
    const logFile = join(this.folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const env = { PATH: process.env.PATH, HOME: this.folder };
    const child = spawn(program, args, { stdio: ['ignore', log, log], env, cwd: this.folder });
    closeSync(log);
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
    });
    this.tellGuard('+', child);
    const stopped = (): boolean => child.exitCode !== null || child.signalCode !== null || failure !== undefined;
    const running: Process = {
      assertRunning: () => {
        if (!stopped()) return;
        const reason = failure?.message ?? `it ended with ${child.exitCode ?? child.signalCode}`;
        const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
        throw new Error(`${basename(program)} (${name}) is not running: ${reason}; its log ends so:\n${tail}`);
      },
      stop: async () => {
        this.running.delete(running);
        if (!stopped()) {
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }
        this.tellGuard('-', child);
      },
    };
    this.running.add(running);
    return running;
  }

  /** The last started first. */
  async stopAll(): Promise<void> {
    for (const one of [...this.running].reverse()) await one.stop();
    this.guard.ref();
    const ended = once(this.guard, 'exit');
    // It finds nothing to kill, and removes the folder.
    this.guard.stdin?.end();
    await ended;
  }

  private tellGuard(sign: '+' | '-', { pid }: ChildProcess): void {
    if (pid !== undefined) this.guard.stdin?.write(`${sign} ${pid}\n`);
  }
}
