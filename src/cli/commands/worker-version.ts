import type { Client } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { abandonedBuilds, connectTemporal, setCurrentBuild, type WorkerBuilds, workerBuilds } from '../../client';
import { waitFor } from '../../embedded/wait';
import { connectOptions } from '../connection';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode, UsageError } from '../exit-code';
import { table } from '../view/table';
import { sayInstant } from '../view/time';

interface DeploymentOptions extends CommonOptions {
  readonly deploymentName?: string;
}

interface SetCurrentOptions extends DeploymentOptions {
  readonly buildId?: string;
  readonly wait: number;
}

interface CheckOptions extends DeploymentOptions {
  readonly serve: readonly string[];
}

/** How often the server is asked whether the workers of a new build are there: its own view of pollers is seconds old. */
const askEveryMs = 2_000;

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say } = context;

  const list = subcommand('list', 'Show the builds of the workers, and which of them runs still need.');
  list.action(async (options: DeploymentOptions) => {
    const builds = await withTemporal(options, (client) => workerBuilds(client, deploymentOf(options)));
    print(options.output, builds, () => textOf(builds));
  });
  example(list, 'f0 worker-version list --deployment-name framework0');

  const setCurrent = subcommand('set-current', 'Let new runs begin on a build, once its workers poll.');
  setCurrent
    .option('--build-id <id>', 'the build (default: F0_BUILD_ID)')
    .option('--wait <seconds>', 'how long its workers may take to come up', seconds, 300)
    .action(async (options: SetCurrentOptions) => {
      const buildId = options.buildId || io.env.F0_BUILD_ID;
      if (!buildId)
        throw new UsageError('no build is named: pass --build-id, or set F0_BUILD_ID as the workers have it');
      const name = deploymentOf(options);
      const builds = await withTemporal(options, (client) => setOncePolled(client, name, buildId, options.wait));
      print(options.output, builds, () => `New runs of ${name} begin on the build ${buildId}.`);
    });
  example(setCurrent, 'f0 worker-version set-current --deployment-name framework0 --build-id 1.2.0');

  const check = subcommand('check', 'Fail if a build that runs still need is not among those that are served.');
  check.option('--serve <build...>', 'the builds that will have workers', []).action(async (options: CheckOptions) => {
    const name = deploymentOf(options);
    const builds = await withTemporal(options, (client) => buildsSoFar(client, name));
    const abandoned = abandonedBuilds(builds, options.serve);
    print(options.output, { ...builds, abandoned }, () => textOf(builds));
    if (abandoned.length === 0) return;
    const names = abandoned.map(({ buildId, state }) => `${buildId} (${state})`).join(', ');
    say(`f0: runs still need workers of ${names}: keep them until \`f0 worker-version list\` shows them as drained`);
    throw new Exit(ExitCode.refused);
  });
  example(check, 'f0 worker-version check --deployment-name framework0 --serve 1.2.0 1.1.0');

  command.addCommand(list).addCommand(setCurrent).addCommand(check);
  example(command, 'f0 worker-version list', 'f0 worker-version set-current --build-id 1.2.0');

  function textOf({ deploymentName, builds }: WorkerBuilds): string {
    if (builds.length === 0) return `No worker with a version has polled for ${deploymentName}.`;
    const rows = builds.map(({ buildId, state, lastCurrentAt }) => [
      buildId,
      state,
      lastCurrentAt === null ? 'never' : sayInstant(lastCurrentAt),
    ]);
    return table(['BUILD', 'STATE', 'LAST CURRENT'], rows, context.colours);
  }

  function subcommand(name: string, description: string): Command {
    return addCommonOptions(new Command(name).copyInheritedSettings(command).description(description)).option(
      '--deployment-name <name>',
      'as the workers have it (default: F0_DEPLOYMENT_NAME)',
    );
  }

  function deploymentOf({ deploymentName }: DeploymentOptions): string {
    const name = deploymentName || io.env.F0_DEPLOYMENT_NAME;
    if (!name) throw new UsageError('no deployment is named: pass --deployment-name, or set F0_DEPLOYMENT_NAME');
    return name;
  }

  async function withTemporal<R>(options: CommonOptions, use: (client: Client) => Promise<R>): Promise<R> {
    const client = await connectTemporal(connectOptions(io, options));
    try {
      return await use(client);
    } finally {
      await client.connection.close();
    }
  }

  /** Throws the server's last refusal when the time is over. */
  async function setOncePolled(client: Client, name: string, buildId: string, wait: number): Promise<WorkerBuilds> {
    let refusal: unknown = null;
    const set = await waitFor(
      () =>
        setCurrentBuild(client, name, buildId).catch((error: unknown) => {
          if (!isNotThereYet(error)) throw error;
          refusal = error;
          return null;
        }),
      { timeoutMs: wait * 1000, intervalMs: askEveryMs, signal: io.interrupted },
    );
    if (set === null) throw refusal;
    return set;
  }
};

/** Before the first worker has polled there is no deployment: nothing is abandoned then. */
async function buildsSoFar(client: Client, deploymentName: string): Promise<WorkerBuilds> {
  try {
    return await workerBuilds(client, deploymentName);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'NotFound')
      return { deploymentName, current: null, builds: [] };
    throw error;
  }
}

function isNotThereYet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'NotFound' || error.code === 'Refused');
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 3600)) throw new InvalidArgumentError('It must be seconds, 0 to 3600.');
  return value;
}
