import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { workBundle } from './fixtures';

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly healthUrl: string;
  readonly metricsUrl: string;
  /** Its log so far, an object a line. */
  log(): Record<string, unknown>[];
  /** SIGTERM; answers with the exit code once its log is complete. */
  terminate(): Promise<number | null>;
}

/** A real worker process against a Temporal address. */
export async function spawnWorker(address: string, env: Record<string, string> = {}): Promise<WorkerProcess> {
  const { codePath } = await workBundle(env.F0_ENCRYPTION_KEYS ? 'encrypted' : 'plain');
  const child = fork(join(__dirname, 'worker-process.ts'), {
    execArgv: ['-r', join(__dirname, '..', '..', 'support', 'typescript.cjs')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      TEMPORAL_ADDRESS: address,
      TEST_BUNDLE: codePath,
      F0_TASK_QUEUES: 'orchestrate,operate',
      F0_HEALTH_PORT: '0',
      F0_METRICS_PORT: '0',
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  // Behind the end of its output, which may come later than its exit.
  const closed = once(child, 'close');
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the worker ended with ${code} before it was up:\n${output}`);
  });
  const [addresses] = await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  return {
    child,
    ...(addresses as { healthUrl: string; metricsUrl: string }),
    log: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    terminate: async () => {
      child.kill('SIGTERM');
      const [code] = await closed;
      return code as number | null;
    },
  };
}
