import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { environmentRef } from '../environment-ref';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { table } from '../view/table';
import { sayInstant } from '../view/time';

interface HistoryOptions extends CommonOptions {
  readonly environment?: string;
  readonly namespace?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('[run]', 'RELEASE, NAME/RELEASE, or the workflow id: what happened in it')
    .option('--environment <name>', 'instead: what ran in this environment (NAME or NAMESPACE/NAME)')
    .option('--namespace <namespace>', 'the namespace of the environment')
    .action(async (run: string | undefined, options: HistoryOptions) => {
      if ((run === undefined) === (options.environment === undefined)) {
        throw new UsageError('give either a run or --environment');
      }
      if (run !== undefined) await ofRun(run, options);
      else await ofEnvironment(options.environment ?? '', options);
    });
  example(command, 'f0 history shop/1.2.0', 'f0 history --environment framework0-production/production');

  async function ofRun(run: string, options: HistoryOptions): Promise<void> {
    const timeline = await withClient(context.io, options, (client) => client.timeline(run));
    context.print(options.output, { timeline }, () => {
      const rows = timeline.map(({ at, actor, stage, message }) => [sayInstant(at), actor, stage ?? '', message]);
      return table(['AT', 'WHO', 'STAGE', 'WHAT'], rows, context.colours);
    });
  }

  async function ofEnvironment(name: string, options: HistoryOptions): Promise<void> {
    const ref = environmentRef(name, options.namespace);
    const status = await withClient(context.io, options, (client) => client.environment(ref));
    context.print(options.output, status, () => {
      const newestFirst = [...status.history].sort((a, b) => b.at.localeCompare(a.at));
      const rows = newestFirst.map(({ at, app, region, release, verified }) => {
        const serving = status.serving.some(
          (one) => one.app === app && one.region === region && one.release === release && one.at === at,
        );
        return [
          sayInstant(at),
          [app, region ?? []].flat().join(' in '),
          release,
          verified ? 'verified' : '',
          serving ? 'serves now' : '',
        ];
      });
      const rejected = status.rejected.map(({ at, release, reason }) => [
        sayInstant(at),
        '',
        release,
        'rejected',
        reason,
      ]);
      return table(['AT', 'APP', 'RELEASE', '', ''], [...rows, ...rejected], context.colours);
    });
  }
};
