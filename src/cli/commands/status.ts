import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { printStatus } from '../print-status';

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id')
    .action(async (run: string, options: CommonOptions) => {
      const status = await withClient(context.io, options, (client) => client.status(run));
      printStatus(context, options.output, status);
    });
  example(command, 'f0 status 1.2.0', 'f0 status shop/1.2.0 --output json');
};
