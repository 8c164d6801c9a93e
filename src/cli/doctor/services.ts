import { type ConnectOptions, connectTemporal } from '../../client';
import { cacheOf, homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import { installed } from '../../embedded/temporal/find';
import { missingSearchAttributes } from '../../embedded/temporal/search-attributes';
import { connectOptions } from '../connection';
import { type Check, type CheckContext, failed, fine, warning } from './check';

/** Nothing runs, and nothing outside is named: `f0 up` will start its own. */
function nothingRuns({ io, homeOption }: CheckContext): boolean {
  return !io.env.TEMPORAL_ADDRESS && !io.env.TEMPORAL_PROFILE && !runningSystem(homeOf(io.env, homeOption));
}

function optionsOf({ io, homeOption }: CheckContext): ConnectOptions {
  return connectOptions(io, homeOption === undefined ? {} : { home: homeOption });
}

export const temporal: Check = async (context) => {
  const { io } = context;
  if (nothingRuns(context)) {
    const found = await installed({ env: io.env, cache: cacheOf(io.env), say: () => undefined });
    if (found) return fine('temporal', `${found.path}: ${found.version}`);
    return warning('temporal', 'no server on this machine', '`f0 up` downloads one; or set TEMPORAL_ADDRESS');
  }
  const client = await connectTemporal(optionsOf(context));
  try {
    const info = await client.workflowService.getSystemInfo({});
    return fine('temporal', `server ${info.serverVersion} answers, namespace ${client.options.namespace}`);
  } finally {
    await client.connection.close();
  }
};

export const searchAttributes: Check = async (context) => {
  if (nothingRuns(context)) return fine('search attributes', 'registered when `f0 up` starts its server');
  const client = await connectTemporal(optionsOf(context));
  try {
    const missing = await missingSearchAttributes(client);
    if (missing.length === 0) return fine('search attributes', 'all registered');
    return failed('search attributes', `missing: ${missing.join(', ')}`, 'run `f0 setup`');
  } finally {
    await client.connection.close();
  }
};
