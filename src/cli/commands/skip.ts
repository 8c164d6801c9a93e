import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { printStatus } from '../print-status';
import { addSigningOptions, type SigningOptions, signerOf } from '../signer';

interface SkipOptions extends ActorOptions, SigningOptions {
  readonly stage: string;
}

export const configure: ConfigureVerb = (command, context) => {
  command.argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id');
  command.requiredOption('--stage <name>', 'the stage to give up');
  addSigningOptions(addActorOptions(command)).action(async (run: string, options: SkipOptions) => {
    const request = { ...commandOf(options, context), stage: options.stage };
    const sign = signerOf(options, context.io);
    const status = await withClient(context.io, options, (client) => client.skip(run, request, sign));
    printStatus(context, options.output, status);
  });
  example(command, 'f0 skip shop/1.2.0 --stage integration_tests --as alice --reason "flaky, tracked in OPS-12"');
};
