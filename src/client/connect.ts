import { once } from 'node:events';
import { connect } from 'node:net';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createDataConverter } from '../codec/data-converter';
import { loadEncryptionKeys } from '../codec/keys';
import { tracingClientInterceptors } from '../tracing/client-interceptors';
import { InvalidInput, NotReachable } from './errors';
import { ProductionClient } from './production-client';
import type { ProductionClientOptions } from './types';

export interface ConnectOptions extends Omit<ProductionClientOptions, 'client'> {
  /** `host:port`; wins over the standard configuration. */
  readonly address?: string;
  readonly namespace?: string;
  /** A profile of Temporal's configuration file. @default TEMPORAL_PROFILE, else `default` */
  readonly profile?: string;
  /** Payload codecs. @default from F0_ENCRYPTION_KEYS or F0_ENCRYPTION_KEYS_FILE; without either payloads are plain */
  readonly dataConverter?: DataConverter;
  /** How long the first contact may take. @default 5000 */
  readonly connectTimeoutMs?: number;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Connects by Temporal's standard environment configuration: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE,
 * TEMPORAL_API_KEY, TEMPORAL_TLS_*, and the file temporal.toml.
 *
 * Throws `NotReachable` when nobody answers, `InvalidInput` when that configuration cannot be read.
 */
export async function connectProduction(options: ConnectOptions = {}): Promise<ProductionClient> {
  const client = await connectTemporal(options);
  return new ProductionClient({ ...options, client });
}

/** The same, as Temporal's own client: for what is not about runs (schedules, operator service). */
export async function connectTemporal(options: ConnectOptions = {}): Promise<Client> {
  const { connectionOptions, namespace } = configuration(options);
  const dataConverter = options.dataConverter ?? converterOf(options);
  const address = options.address ?? connectionOptions.address ?? 'localhost:7233';
  let connection: Connection;
  try {
    await assertSomebodyListens(address, options.connectTimeoutMs ?? 5000);
    connection = await Connection.connect({
      ...(connectionOptions as ConnectionOptions),
      address,
      connectTimeout: options.connectTimeoutMs ?? 5000,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotReachable(
      `no Temporal server answers at ${address} (${why}): \`f0 up\` starts one, TEMPORAL_ADDRESS names another`,
      { cause: error },
    );
  }
  return new Client({
    connection,
    namespace: options.namespace ?? namespace ?? 'default',
    dataConverter,
    interceptors: { workflow: tracingClientInterceptors(options.env ?? process.env) },
  });
}

/**
 * Throws when nobody listens there: gRPC would try on until its time is over, and a person at a terminal wants to know at
 * once. What is neither open nor refused (a name to resolve, a proxy) is left to gRPC.
 */
async function assertSomebodyListens(address: string, timeoutMs: number): Promise<void> {
  const { host, port } = hostAndPort(address);
  if (!port) return;
  const socket = connect({ host, port });
  socket.setTimeout(timeoutMs);
  try {
    await Promise.race([once(socket, 'connect'), once(socket, 'timeout')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED')
      throw new Error('connection refused', { cause: error });
  } finally {
    socket.destroy();
  }
}

/** `host:port`, `[::1]:port`; anything else has port 0. */
function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const parts = /^\[?([^\]/]+?)\]?:(\d+)$/.exec(address);
  return { host: parts?.[1] ?? '', port: Number(parts?.[2] ?? 0) };
}

function configuration({ profile, env }: ConnectOptions): ReturnType<typeof loadClientConnectConfig> {
  const given = env && Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({
      ...(profile === undefined ? {} : { profile }),
      ...(given ? { overrideEnvVars: Object.fromEntries(given) } : {}),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(`Temporal's configuration cannot be read: ${why}`, { cause: error });
  }
}

function converterOf({ env }: ConnectOptions): DataConverter {
  try {
    return createDataConverter(loadEncryptionKeys(env ?? process.env));
  } catch (error) {
    throw new InvalidInput(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
