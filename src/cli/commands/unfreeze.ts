import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { environmentRef } from '../environment-ref';
import { example } from '../example';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';

interface UnfreezeOptions extends ActorOptions {
  readonly namespace?: string;
  readonly id?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<environment>', 'NAME or NAMESPACE/NAME')
    .option('--namespace <namespace>', 'the namespace of the workflow document')
    .option('--id <id>', 'the freeze to lift (default: all that were set by hand)');
  addActorOptions(command).action(async (environment: string, options: UnfreezeOptions) => {
    const ref = environmentRef(environment, options.namespace);
    const request = {
      ...ref,
      ...commandOf(options, context, 'lifted on the command line'),
      ...(options.id === undefined ? {} : { id: options.id }),
    };
    const status = await withClient(context.io, options, async (client) => {
      await client.unfreeze(request);
      return client.environment(ref);
    });
    context.print(options.output, status, () => `${ref.namespace}/${ref.environment} is not frozen by hand any more.`);
  });
  example(command, 'f0 unfreeze framework0-production/production --as alice --reason "holidays are over"');
};
