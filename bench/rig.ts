import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { devServer } from './dev-server';
import { answer } from './worker-answer';

/** An in-memory Temporal server, one worker process, and a client: all figures come from one rig in one run. */
export interface Rig {
  readonly client: Client;
  readonly address: string;
  /** Resolves with the time (ms since the epoch) at which the activity of that key started. */
  started(key: string): Promise<number>;
  workerRssBytes(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-'));
  const server = await devServer(folder);
  const codePath = join(folder, 'workflows.js');
  const workflowsPath = join(__dirname, 'workflows.js');
  const interceptors = join(__dirname, '..', 'src', 'tracing', 'workflow-interceptors.js');
  // As the product's own bundle is made (scripts/bundle-workflows.mjs).
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [interceptors],
    preloadModules: [workflowsPath, interceptors],
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(codePath, code);
  const worker = fork(join(__dirname, 'worker.js'), [server.address, codePath, join(folder, 'home')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<string, (at: number) => void>();
  const seen = new Map<string, number>();
  worker.on('message', (message: { started?: string; at?: number }) => {
    if (message.started === undefined || message.at === undefined) return;
    seen.set(message.started, message.at);
    waiting.get(message.started)?.(message.at);
  });
  await answer(worker, (message) => message.ready === true);
  const connection = await Connection.connect({ address: server.address });
  return {
    client: new Client({ connection }),
    address: server.address,
    started: (key) => {
      const at = seen.get(key);
      return at === undefined ? new Promise((resolve) => waiting.set(key, resolve)) : Promise.resolve(at);
    },
    workerRssBytes: async () => {
      const told = answer(worker, (message) => typeof message.rssBytes === 'number');
      worker.send('memory');
      return Number((await told).rssBytes);
    },
    stop: async () => {
      worker.send('stop');
      await once(worker, 'exit');
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
