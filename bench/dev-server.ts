import { TestWorkflowEnvironment } from '@temporalio/testing';
import { allSearchAttributes } from '../src/contracts/search-attributes';
import { findTemporal } from '../src/embedded/temporal/find';
import { cachedSearchAttributes } from '../src/embedded/temporal/search-attributes';

export interface DevServer {
  readonly address: string;
  stop(): Promise<void>;
}

/** Temporal's dev server with its state in memory: the fastest there is on one machine, so the fairest limit. */
export async function devServer(cache: string): Promise<DevServer> {
  const { path } = await findTemporal({ env: process.env, cache, say: (message) => console.error(message) });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      ip: '127.0.0.1',
      searchAttributes: allSearchAttributes,
      extraArgs: [...cachedSearchAttributes],
    },
  });
  return { address: environment.address, stop: () => environment.teardown() };
}
