import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { followRun } from '../follow-run';

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id')
    .action(async (run: string, options: CommonOptions) => {
      await withClient(context.io, options, (client) => followRun(client, run, context, options.output));
    });
  example(command, 'f0 watch shop/1.2.0', 'f0 watch 1.2.0 --output json   # one status a line, each time it changes');
};
