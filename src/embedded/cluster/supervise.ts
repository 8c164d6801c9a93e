import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage } from '../../contracts/errors';
import { type ClusterAgentOptions, ensureClusterAgent } from './launch';

export interface SuperviseOptions extends ClusterAgentOptions {
  /** Told of each agent that took the place of one that was gone, and of each that could not be started. */
  readonly onEvent: (message: string) => void;
}

/** Every so often the agent is asked whether it lives; its users wait no longer than this for a new one. */
const lookEveryMs = 500;
/** After a start that failed: what is wrong is seldom over sooner. */
const retryMs = 5_000;

export interface SupervisedAgent {
  readonly url: string;
  readonly pid: number;
  /** Ends the watch; the agent runs on. */
  end(): Promise<void>;
}

/**
 * Finds or starts the agent, and sees to it that one runs for as long as this process does: a killed one is replaced, and
 * the new one takes its replicas over. Throws as `ensureClusterAgent` does when there is none to begin with.
 */
export async function superviseClusterAgent({ onEvent, ...options }: SuperviseOptions): Promise<SupervisedAgent> {
  const first = await ensureClusterAgent(options);
  const stopped = new AbortController();

  async function watch(): Promise<void> {
    let { pid } = first;
    let pauseMs = lookEveryMs;
    for (;;) {
      await delay(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      try {
        const agent = await ensureClusterAgent(options);
        if (agent.pid !== pid) onEvent(`the local cluster's agent ${pid} was gone; ${agent.pid} took over`);
        pid = agent.pid;
        pauseMs = lookEveryMs;
      } catch (error) {
        onEvent(rootMessage(error));
        pauseMs = retryMs;
      }
    }
  }

  const watching = watch();
  return {
    ...first,
    async end() {
      stopped.abort();
      await watching;
    },
  };
}
