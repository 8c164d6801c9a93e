import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Dashboard, GrafanaApi, pushDashboards } from '../../activities/grafana';
import { createSecretResolver } from '../../activities/secrets';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { table } from '../view/table';

interface PushOptions extends CommonOptions {
  readonly url?: string;
  readonly folder: string;
  readonly token?: string;
}

/** Written by `npm run dashboards`; part of the package. */
const folder = join(__dirname, '..', '..', '..', 'deploy', 'grafana');

export const configure: ConfigureVerb = (command, context) => {
  const { env } = context.io;
  const push = addCommonOptions(new Command('push')).description(
    "Bring the product's dashboards into a Grafana, and back to what they are here.",
  );
  push
    .copyInheritedSettings(command)
    .option('--url <url>', 'the address of Grafana (default: GRAFANA_URL)')
    .option('--folder <title>', 'the folder they go into; made where there is none', 'Framework0')
    .option(
      '--token <reference>',
      'where the token of a service account is: secret://env/NAME (default: GRAFANA_TOKEN)',
    )
    .action(async (options: PushOptions) => {
      const url = options.url ?? env.GRAFANA_URL;
      if (!url) throw new UsageError('which Grafana? Give --url, or set GRAFANA_URL');
      const api = new GrafanaApi({ url, token: await tokenOf(options) });
      const pushed = await pushDashboards(api, options.folder, readDashboards());
      context.print(options.output, { dashboards: pushed }, () =>
        table(
          ['DASHBOARD', 'STATE', 'AT'],
          pushed.map(({ title, state, url: at }) => [title, state, at]),
          context.colours,
        ),
      );
    });
  example(
    push,
    'f0 dashboards push --url https://grafana.example',
    'f0 dashboards push --folder Delivery --token secret://file/grafana',
  );

  command.addCommand(push);
  example(command, 'f0 dashboards push --url https://grafana.example');

  async function tokenOf({ token = 'secret://env/GRAFANA_TOKEN' }: PushOptions): Promise<string> {
    // What is no reference is not read as one, nor shown: it may be the token itself.
    return createSecretResolver({ env, folder: env.F0_SECRETS ?? null }).resolve(token);
  }
};

function readDashboards(): readonly Dashboard[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name): Dashboard => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
