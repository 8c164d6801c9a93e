import { withClient } from './connection';
import type { ConfigureVerb } from './context';
import { example } from './example';
import { type ActorOptions, addActorOptions, commandOf } from './lifecycle';
import { printStatus } from './print-status';
import { addSigningOptions, type SigningOptions, signerOf } from './signer';

interface DecideOptions extends ActorOptions, SigningOptions {
  readonly stage?: string;
  readonly gate?: string;
  readonly subject?: string;
}

/** `f0 approve` and `f0 reject`. */
export function decisionVerb(verdict: 'approve' | 'reject', why: string): ConfigureVerb {
  return (command, context) => {
    command
      .argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id')
      .option('--stage <name>', 'the stage that asks (default: the only one)')
      .option('--gate <name>', 'the gate, when the stage asks several')
      .option('--subject <hash>', 'what you looked at: void when something else is asked by now');
    addSigningOptions(addActorOptions(command)).action(async (run: string, options: DecideOptions) => {
      const { stage, gate, subject } = options;
      const decision = {
        ...commandOf(options, context),
        verdict,
        ...(stage === undefined ? {} : { stage }),
        ...(gate === undefined ? {} : { gate }),
        ...(subject === undefined ? {} : { subject }),
      };
      const sign = signerOf(options, context.io);
      const status = await withClient(context.io, options, (client) => client.decide(run, decision, sign));
      printStatus(context, options.output, status);
    });
    example(command, `f0 ${verdict} shop/1.2.0 --stage deploy_production --as alice --reason "${why}"`);
  };
}
