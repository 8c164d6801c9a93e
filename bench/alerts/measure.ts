import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devServer } from '../dev-server';
import { forkWorker } from '../fork-worker';
import { type Latency, latencyOf } from '../statistics';
import { answer } from '../worker-answer';

export interface AlertFigures {
  readonly alerts: number;
  readonly rounds: number;
  readonly latency: Latency;
  readonly longest: number;
  readonly lost: number;
  readonly doubled: number;
}

/** After this an alert counts as lost: the requirement is 30 s. */
const limitMs = 60_000;

/** From the breach, as the worker that watches has it, until the receiver of the webhook has the whole message. */
export async function measureAlerts(
  plan: readonly { readonly alerts: number; readonly rounds: number }[],
): Promise<readonly AlertFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-alerts-'));
  const server = await devServer(folder);
  const receiver = await startReceiver();
  const paths = [server.address, join(__dirname, '..', '..', 'src', 'workflow-bundle.js'), join(folder, 'home')];
  const worker = forkWorker(join(__dirname, 'worker.js'), paths, { env: { F0_BENCH_RECEIVER: receiver.url } });
  try {
    await answer(worker, (message) => message.ready === true);
    const breach = async (alerts: number) => {
      const told = answer(worker, (message) => typeof message.breachedAt === 'number');
      worker.send(`breach ${alerts}`);
      const { breachedAt, fingerprints } = (await told) as { breachedAt: number; fingerprints: string[] };
      const arrivals = await receiver.arrivals('firing', fingerprints, breachedAt);
      worker.send('heal');
      await receiver.arrivals('resolved', fingerprints, breachedAt);
      return arrivals;
    };
    // What is measured is a warm server and a warm worker.
    await breach(100);
    const figures: AlertFigures[] = [];
    for (const { alerts, rounds } of plan) {
      const all: Arrivals[] = [];
      for (let round = 0; round < rounds; round += 1) all.push(await breach(alerts));
      const millis = all.flatMap((one) => one.millis);
      const sum = (field: 'lost' | 'doubled') => all.reduce((total, one) => total + one[field], 0);
      const counts = { lost: sum('lost'), doubled: sum('doubled') };
      figures.push({ alerts, rounds, latency: latencyOf(millis), longest: Math.max(...millis), ...counts });
    }
    return figures;
  } finally {
    const ended = once(worker, 'exit');
    worker.send('stop');
    await ended;
    await receiver.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Arrivals {
  readonly millis: readonly number[];
  readonly lost: number;
  readonly doubled: number;
}

async function startReceiver() {
  const arrived = new Map<string, number[]>();
  let changed: () => void = () => undefined;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const at = Date.now();
    const event = JSON.parse(body) as { type: string; data: { alerts: { fingerprint: string }[] } };
    const kind = event.type.replace('io.framework0.alert.', '');
    for (const { fingerprint } of event.data.alerts) {
      const place = `${kind} ${fingerprint}`;
      arrived.set(place, [...(arrived.get(place) ?? []), at]);
    }
    response.writeHead(204).end();
    changed();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivals: async (kind: string, fingerprints: readonly string[], breachedAt: number): Promise<Arrivals> => {
      const timeout = AbortSignal.timeout(limitMs);
      timeout.addEventListener('abort', () => changed(), { once: true });
      const missing = () => fingerprints.filter((fingerprint) => !arrived.has(`${kind} ${fingerprint}`)).length;
      while (missing() > 0 && !timeout.aborted) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
      const times = fingerprints.map((fingerprint) => arrived.get(`${kind} ${fingerprint}`) ?? []);
      return {
        millis: times.flatMap(([first]) => (first === undefined ? [] : [first - breachedAt])),
        lost: missing(),
        doubled: times.filter(({ length }) => length > 1).length,
      };
    },
    stop: async () => {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
