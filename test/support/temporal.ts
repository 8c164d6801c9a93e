import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { allSearchAttributes } from '../../src/contracts/search-attributes';

export { workflowBundle } from './workflow-bundle';

/** Paths of the two servers' executables. */
export interface TestServers {
  readonly temporal: string;
  readonly timeSkipping: string;
}

/** Finds the servers, and installs them when they are nowhere; `npm test` has done so and passes them on. */
export function testServers(): TestServers {
  const known = process.env.F0_TEST_SERVERS;
  if (known) return JSON.parse(known) as TestServers;
  const script = join(resolve(__dirname, '..', '..'), 'scripts', 'test-servers.mjs');
  const found = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.env.F0_TEST_SERVERS = found.trim();
  return JSON.parse(found) as TestServers;
}

let quiet = false;

/** The SDK reports to stderr what it thinks of each worker; a test's output is for what went wrong. */
function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
}

/**
 * Temporal's test server, which skips time while a test awaits a workflow's result; use `environment.sleep()` to skip
 * while it awaits anything else. Its clock is one for all runs: one test after the other. End it by `teardown()`.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const path = testServers().timeSkipping;
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  // Unknown to the server, an attribute would fail the workflow task that sets it, again and again.
  const types = allSearchAttributes.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type)]);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(types),
  });
  return environment;
}

export interface DevServerOptions {
  /** SQLite file; without it the state is in memory. */
  readonly dbFilename?: string;
  readonly port?: number;
  /** Further arguments of `temporal server start-dev`, for example `--dynamic-config-value KEY=VALUE`. */
  readonly extraArgs?: string[];
}

/** A `devServer` that suggests to continue as new after 40 events; by default it does so after 4,096. */
export function renewingServer(): Promise<TestWorkflowEnvironment> {
  return devServer({ extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'] });
}

/** A real Temporal server of its own, in real time, our search attributes registered. End it by `teardown()`. */
export async function devServer(options: DevServerOptions = {}): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const path = testServers().temporal;
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      ip: '127.0.0.1',
      log: { format: 'pretty', level: 'error' },
      searchAttributes: allSearchAttributes,
      ...options,
    },
  });
}
