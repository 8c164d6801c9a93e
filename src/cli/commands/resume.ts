import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { printStatus } from '../print-status';
import { addSigningOptions, type SigningOptions, signerOf } from '../signer';

export const configure: ConfigureVerb = (command, context) => {
  command.argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id');
  addSigningOptions(addActorOptions(command)).action(async (run: string, options: ActorOptions & SigningOptions) => {
    const sign = signerOf(options, context.io);
    const status = await withClient(context.io, options, (client) =>
      client.resume(run, commandOf(options, context), sign),
    );
    printStatus(context, options.output, status);
  });
  example(command, 'f0 resume shop/1.2.0 --as alice --reason "numbers are fine"');
};
