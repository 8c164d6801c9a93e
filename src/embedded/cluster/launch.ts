import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { request } from 'undici';
import { type AgentFile, clusterFolder, readAgentFile } from '../../activities/deploy/local-protocol';
import { failure } from '../../contracts/errors';
import { isSameProcess } from './process-identity';
import { ReplicaLog } from './replica-log';

export interface ClusterAgentOptions {
  /** `F0_HOME`. */
  readonly home: string;
  /**
   * What Node runs as the agent, before `--home`: for tests, which have no compiled program.
   * @default the compiled main.js of this folder
   */
  readonly entry?: readonly string[];
}

/** The first start loads a few megabytes of code, on a machine that may be busy. */
const startTimeoutMs = 30_000;
const answerTimeoutMs = 3_000;
/** Replicas may take their whole drain time, and then some. */
const stopTimeoutMs = 60_000;

/**
 * Finds the local cluster's agent, or starts it as a process of its own that outlives this one. Called twice at once, by
 * whatever processes, it starts one. Throws `Unavailable`, with the agent's own words, when it does not come up.
 */
export async function ensureClusterAgent(options: ClusterAgentOptions): Promise<{ url: string; pid: number }> {
  const folder = clusterFolder(options.home);
  const running = await findAnswering(options.home);
  if (running) return { url: running.url, pid: running.pid };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lock(folder, { stale: 10_000, retries: { retries: 300, minTimeout: 100, maxTimeout: 200 } });
  try {
    const other = await findAnswering(options.home);
    if (other) return { url: other.url, pid: other.pid };
    await endHung(options.home);
    const started = await start(options);
    return { url: started.url, pid: started.pid };
  } finally {
    await unlock();
  }
}

/** Stops the agent, its replicas and proxies in order. Their state stays; none running is fine. */
export async function stopClusterAgent({ home }: Pick<ClusterAgentOptions, 'home'>): Promise<void> {
  const agent = await readAgentFile(home);
  if (agent === null || !isSameProcess(agent.pid, agent.startTime)) return;
  process.kill(agent.pid, 'SIGTERM');
  const deadline = performance.now() + stopTimeoutMs;
  while (isSameProcess(agent.pid, agent.startTime)) {
    if (performance.now() > deadline) {
      throw failure(
        'Timeout',
        `the local cluster's agent (process ${agent.pid}) did not stop in ${stopTimeoutMs / 1000} s`,
      );
    }
    await delay(20);
  }
}

/** The agent of the state file, when that process lives and answers. */
async function findAnswering(home: string): Promise<AgentFile | null> {
  const agent = await readAgentFile(home);
  if (agent === null || !isSameProcess(agent.pid, agent.startTime)) return null;
  return (await answers(agent)) ? agent : null;
}

async function answers({ url, token }: AgentFile): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${url}/v1/health`, {
      headers: { authorization: `Bearer ${token}` },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** Lives and does not answer: its replicas run on, and the next agent takes them over. */
async function endHung(home: string): Promise<void> {
  const agent = await readAgentFile(home);
  if (agent === null || !isSameProcess(agent.pid, agent.startTime)) return;
  process.kill(agent.pid, 'SIGKILL');
  while (isSameProcess(agent.pid, agent.startTime)) await delay(20);
}

async function start({ home, entry = [path.join(__dirname, 'main.js')] }: ClusterAgentOptions): Promise<AgentFile> {
  const log = new ReplicaLog(path.join(home, 'logs', 'cluster-agent.log'));
  log.trim();
  const child = await launch([...entry, '--home', path.resolve(home)], log);
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const agent = await readAgentFile(home);
    if (agent !== null && agent.pid === child.pid && (await answers(agent))) return agent;
    await delay(50);
  }
  const what =
    child.exitCode === null ? `did not answer within ${startTimeoutMs / 1000} s` : `ended with code ${child.exitCode}`;
  child.kill('SIGKILL');
  throw failure('Unavailable', `the local cluster's agent ${what}; its last lines:\n${log.tail()}`);
}

async function launch(args: readonly string[], log: ReplicaLog): Promise<ChildProcess> {
  const descriptor = log.open();
  try {
    // A session of its own: neither Ctrl-C nor the end of this process reaches it.
    const child = spawn(process.execPath, args, {
      detached: true,
      cwd: '/',
      stdio: ['ignore', descriptor, descriptor],
    });
    await once(child, 'spawn');
    child.unref();
    return child;
  } finally {
    closeSync(descriptor);
  }
}
