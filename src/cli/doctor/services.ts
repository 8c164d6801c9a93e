import { type ConnectOptions, connectTemporal } from '../../client';
import { cacheOf } from '../../embedded/home';
import { installed } from '../../embedded/temporal/find';
import { missingSearchAttributes } from '../../embedded/temporal/search-attributes';
import { connectOptions, knowsTemporal } from '../connection';
import { type Check, type CheckContext, failed, fine, warning } from './check';

function optionsOf(context: CheckContext): ConnectOptions {
  return connectOptions(context.io, homeOption(context));
}

function homeOption({ homeOption: home }: CheckContext): { readonly home?: string } {
  return home === undefined ? {} : { home };
}

export const temporal: Check = async (context) => {
  const { io } = context;
  if (!knowsTemporal(io, homeOption(context))) {
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
  if (!knowsTemporal(context.io, homeOption(context)))
    return fine('search attributes', 'registered when `f0 up` starts its server');
  const client = await connectTemporal(optionsOf(context));
  try {
    const missing = await missingSearchAttributes(client);
    if (missing.length === 0) return fine('search attributes', 'all registered');
    return failed('search attributes', `missing: ${missing.join(', ')}`, 'run `f0 setup`');
  } finally {
    await client.connection.close();
  }
};
