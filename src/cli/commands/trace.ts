import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { waterfallText } from '../view/waterfall';

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<run>', 'RELEASE, NAME/RELEASE, or the id of one of its workflows')
    .action(async (run: string, options: CommonOptions) => {
      const trace = await withClient(context.io, options, (client) => client.trace(run));
      const { colours, io } = context;
      context.print(options.output, trace, () =>
        waterfallText(trace, { colours, columns: io.stdout.columns, now: Date.now() }),
      );
    });
  command.addHelpText(
    'after',
    "\nRead from Temporal's histories: it needs no tracing backend. ░ waits for a worker, █ is at work, ◆ is a message.",
  );
  example(
    command,
    'f0 trace shop/1.2.0',
    'f0 trace deployment/default/shop/production/1.2.0',
    'f0 trace 1.2.0 --output json',
  );
};
