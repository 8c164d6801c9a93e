import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { configOf } from '../../analytics/alerting';
import {
  type AlertBatch,
  type AlertFact,
  type AlertingConfig,
  type AlertingInput,
  alertsSignal,
} from '../../contracts/alerting';
import { alertingWorkflowId } from '../../contracts/ids';
import { searchAttribute } from '../../contracts/search-attributes';
import { TaskQueue } from '../../contracts/task-queues';
import { WorkflowType } from '../../contracts/workflows';

export interface AlertIntakeOptions {
  readonly client: Client;
  readonly logger: Pick<Logger, 'warn'>;
  /**
   * How long an alert waits for company: each signal costs the entity an event and a task.
   * @default 50
   */
  readonly collectMs?: number;
}

export interface AlertIntake {
  /** Resolves when the entity has it. While Temporal is away it is kept and tried again; rejects after `stop`. */
  raise(namespace: string, config: AlertingConfig, facts: readonly AlertFact[]): Promise<void>;
  /** Sends what there is, once. */
  stop(): Promise<void>;
}

/** Some 150 KB a signal. */
const factsAtOnce = 200;
const callTimeoutMs = 10_000;
const retryMs = { first: 500, longest: 10_000 } as const;

interface Pending {
  readonly config: AlertingConfig;
  readonly facts: readonly AlertFact[];
  readonly taken: () => void;
  readonly failed: (error: unknown) => void;
}

/** Collects the alerts of a process, and gives each namespace's to its entity in batches, in the order they came. */
export function createAlertIntake(options: AlertIntakeOptions): AlertIntake {
  const { collectMs = 50 } = options;
  const waiting = new Map<string, Pending[]>();
  const flushing = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const flush = async (namespace: string): Promise<void> => {
    await delay(collectMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    for (let batch = nextBatch(waiting, namespace); batch.length > 0; batch = nextBatch(waiting, namespace)) {
      await send(options, namespace, batch, stopping.signal).then(
        () => batch.map(({ taken }) => taken()),
        (error) => batch.map(({ failed }) => failed(error)),
      );
    }
    flushing.delete(namespace);
  };

  return {
    raise: async (namespace, config, facts) => {
      const parts = Array.from({ length: Math.ceil(facts.length / factsAtOnce) }, (_, index) =>
        facts.slice(index * factsAtOnce, (index + 1) * factsAtOnce),
      );
      const add = (part: readonly AlertFact[]) =>
        new Promise<void>((taken, failed) => {
          waiting.set(namespace, [...(waiting.get(namespace) ?? []), { config, facts: part, taken, failed }]);
          if (!flushing.has(namespace)) flushing.set(namespace, flush(namespace));
        });
      await Promise.all(parts.map(add));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(flushing.values());
    },
  };
}

/** Everything that waits, up to what fits into one signal. */
function nextBatch(waiting: Map<string, Pending[]>, namespace: string): readonly Pending[] {
  const all = waiting.get(namespace) ?? [];
  let facts = 0;
  let count = 0;
  for (const pending of all) {
    facts += pending.facts.length;
    if (count > 0 && facts > factsAtOnce) break;
    count += 1;
  }
  waiting.set(namespace, all.slice(count));
  if (count === all.length) waiting.delete(namespace);
  return all.slice(0, count);
}

async function send(
  { client, logger }: AlertIntakeOptions,
  namespace: string,
  pending: readonly Pending[],
  stopping: AbortSignal,
): Promise<void> {
  const config = pending.reduce<AlertingConfig | null>((held, told) => configOf(held, told.config), null);
  if (!config) return;
  const batch: AlertBatch = { config, facts: pending.flatMap(({ facts }) => facts) };
  for (let pause: number = retryMs.first; ; pause = Math.min(retryMs.longest, pause * 2)) {
    try {
      return await client.withDeadline(Date.now() + callTimeoutMs, () => signal(client, namespace, batch));
    } catch (error) {
      if (stopping.aborted) throw error;
      logger.warn({ err: error, namespace, facts: batch.facts.length }, 'alerts could not be told yet');
      await delay(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

async function signal(client: Client, namespace: string, batch: AlertBatch): Promise<void> {
  await client.workflow.signalWithStart<(input: AlertingInput) => Promise<void>, [AlertBatch]>(WorkflowType.alerting, {
    workflowId: alertingWorkflowId({ namespace }),
    taskQueue: TaskQueue.orchestrate,
    args: [{ namespace }],
    signal: alertsSignal,
    signalArgs: [batch],
    staticSummary: `keeps the alerts of ${namespace}`.slice(0, 200),
    typedSearchAttributes: [
      { key: searchAttribute.kind, value: WorkflowType.alerting },
      { key: searchAttribute.namespace, value: namespace },
    ],
  });
}
