import type { RollbackStarted } from '../../client';
import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { statusText } from '../view/status';

export const configure: ConfigureVerb = (command, context) => {
  command.argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id');
  addActorOptions(command).action(async (run: string, options: ActorOptions) => {
    const result = await withClient(context.io, options, (client) =>
      client.rollback(run, commandOf(options, context, 'asked for on the command line')),
    );
    // A run that is still at work answers like every other command to it.
    const value = result.kind === 'run' ? result.status : { rollbacks: result.rollbacks };
    context.print(options.output, value, () => text(result));
  });
  example(command, 'f0 rollback shop/1.2.0 --as alice --reason "orders are missing"');

  function text(result: RollbackStarted): string {
    if (result.kind === 'run') {
      return statusText(result.status, { colours: context.colours, now: Date.now(), hints: true });
    }
    return result.rollbacks
      .map(
        ({ environment, workflowId, url }) =>
          `${environment}: rolls back (${workflowId})${url === null ? '' : ` ${url}`}`,
      )
      .join('\n');
  }
};
