import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import type { Home } from '../home';
import { isAlive, type ProcessIdentity, signalProcess } from '../process-identity';
import { waitFor } from '../wait';
import { findTemporal } from './find';
import { addressOf, isServerOf, launchTemporal, temporalNamespace } from './launch';
import { readServerState, type ServerState, writeServerState } from './server-state';

export interface TemporalServerOptions {
  readonly home: Home;
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what a person would want to know: what is downloaded, that it was started again. */
  readonly say: (message: string) => void;
}

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  pid(): number;
  /** Ends it; its state stays in the file. */
  stop(): Promise<void>;
}

/** The usual ports first, then any: two homes on one machine do not quarrel. */
const usual = { port: 7233, uiPort: 8233 };
/** How often its process is looked at; a restart takes about a second beside that. */
const lookEveryMs = 250;

/** Finds the server of this home at work, or starts it; then keeps it at work until it is stopped. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { home, say } = options;
  const remembered = readServerState(home);
  let state = remembered && (await isAtWork(home, remembered)) ? remembered : await launch(options, remembered);
  const ended = new AbortController();
  const supervision = supervise(
    () => state.process,
    async () => {
      say('Temporal ended unexpectedly: starting it again over the same file');
      // The same ports: the workers' connections are bound to them.
      state = await launchAt(options, state.port, state.uiPort);
    },
    (error) => say(`Temporal cannot be started again, trying on: ${error instanceof Error ? error.message : error}`),
    ended.signal,
  );
  return {
    address: addressOf(state.port),
    namespace: temporalNamespace,
    uiUrl: `http://127.0.0.1:${state.uiPort}`,
    pid: () => state.process.pid,
    stop: async () => {
      ended.abort();
      await supervision;
      await endProcess(state.process);
    },
  };
}

/** Ends the server that a killed system left behind. Answers whether there was one. */
export async function stopLeftTemporal(home: Home): Promise<boolean> {
  const state = readServerState(home);
  if (!state || !isAlive(state.process)) return false;
  await endProcess(state.process);
  return true;
}

async function isAtWork(home: Home, state: ServerState): Promise<boolean> {
  if (!isAlive(state.process)) return false;
  const ready = await waitFor(async () => ((await isServerOf(home, state.port)) ? true : null), {
    timeoutMs: 15_000,
    intervalMs: 200,
  });
  // Two servers on one SQLite file would ruin it: one that lives and does not answer has to go first.
  if (!ready) await endProcess(state.process);
  return ready === true;
}

async function launch(options: TemporalServerOptions, remembered: ServerState | null): Promise<ServerState> {
  const wanted = remembered ?? usual;
  for (let tries = 1; ; tries += 1) {
    const port = await getPort({ host: '127.0.0.1', port: wanted.port });
    const uiPort = await getPort({ host: '127.0.0.1', port: wanted.uiPort, exclude: [port] });
    try {
      return await launchAt(options, port, uiPort);
    } catch (error) {
      // A port that was free a moment ago may be another's by now: then the next ones are tried.
      const lost = (await getPort({ host: '127.0.0.1', port })) !== port;
      const lostUi = (await getPort({ host: '127.0.0.1', port: uiPort })) !== uiPort;
      if (tries >= 3 || !(lost || lostUi)) throw error;
    }
  }
}

async function launchAt(options: TemporalServerOptions, port: number, uiPort: number): Promise<ServerState> {
  const { path } = await findTemporal(options);
  const { home } = options;
  const onSpawned = (process: ProcessIdentity) => writeServerState(home, { process, port, uiPort });
  return { process: await launchTemporal({ home, executable: path, port, uiPort, onSpawned }), port, uiPort };
}

async function supervise(
  current: () => ProcessIdentity,
  restart: () => Promise<void>,
  onFailure: (error: unknown) => void,
  ended: AbortSignal,
): Promise<void> {
  let pauseMs = lookEveryMs;
  while (!ended.aborted) {
    await sleep(pauseMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted || isAlive(current())) continue;
    try {
      await restart();
      pauseMs = lookEveryMs;
    } catch (error) {
      onFailure(error);
      pauseMs = Math.min(pauseMs * 2, 10_000);
    }
  }
}

async function endProcess(identity: ProcessIdentity): Promise<void> {
  signalProcess(identity, 'SIGTERM');
  const gone = await waitFor(() => (isAlive(identity) ? null : true), { timeoutMs: 10_000 });
  if (!gone) signalProcess(identity, 'SIGKILL');
  await waitFor(() => (isAlive(identity) ? null : true), { timeoutMs: 2_000 });
}
