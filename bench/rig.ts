import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { devServer } from './dev-server';
import { forkWorker } from './fork-worker';
import { answer } from './worker-answer';

/** An in-memory Temporal server, one worker process, and a client: all figures come from one rig in one run. */
export interface Rig {
  readonly client: Client;
  readonly address: string;
  /** Resolves with the time (ms since the epoch) at which the activity of that key started. */
  started(key: string): Promise<number>;
  workerMemory(): Promise<{ readonly rssBytes: number; readonly peakRssBytes: number }>;
  stop(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-'));
  const server = await devServer(folder);
  const worker = forkWorker(
    join(__dirname, 'worker.js'),
    [server.address, join(__dirname, 'workflow-bundle.js'), join(folder, 'home')],
    { output: process.stderr },
  );
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
    workerMemory: async () => {
      const told = answer(worker, (message) => typeof message.rssBytes === 'number');
      worker.send('memory');
      const { rssBytes, peakRssBytes } = await told;
      return { rssBytes: Number(rssBytes), peakRssBytes: Number(peakRssBytes) };
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
