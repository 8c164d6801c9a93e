import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { failure, rootMessage } from '../contracts/errors';
import { tracingClientInterceptors } from '../tracing/client-interceptors';
import type { WorkerConfig } from './config';

/** How long the first contact may take: whoever starts the process starts it again after a failure. */
const firstContactMs = 10_000;

export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
}

export interface WorkerConnection extends TemporalAddress {
  readonly native: NativeConnection;
  /** For the activities that talk to Temporal, over the same connection. */
  readonly client: Client;
}

/**
 * Connects by Temporal's standard configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, TLS, API key),
 * or to `override`. Throws `Unavailable` when nobody answers, `InvalidInput` when that configuration cannot be read.
 */
export async function connectWorker(
  { env }: WorkerConfig,
  dataConverter: DataConverter,
  override: TemporalAddress | null,
): Promise<WorkerConnection> {
  const { connectionOptions, namespace: configured } = standardConfiguration(env);
  const address = override?.address ?? connectionOptions.address ?? 'localhost:7233';
  const namespace = override?.namespace ?? configured ?? 'default';
  const native = await within(firstContactMs, NativeConnection.connect({ ...connectionOptions, address })).catch(
    (cause: unknown) => {
      const hint = '`f0 up` starts one, TEMPORAL_ADDRESS names another';
      throw failure('Unavailable', `no Temporal server answers at ${address} (${rootMessage(cause)}): ${hint}`, {
        cause,
      });
    },
  );
  const client = new Client({
    connection: native,
    namespace,
    dataConverter,
    interceptors: { workflow: tracingClientInterceptors(env) },
  });
  return { address, namespace, native, client };
}

function standardConfiguration(env: WorkerConfig['env']): ReturnType<typeof loadClientConnectConfig> {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  } catch (cause) {
    throw failure('InvalidInput', `Temporal's configuration cannot be read: ${rootMessage(cause)}`, { cause });
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
