import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { environmentRef } from '../environment-ref';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { driftText } from '../view/drift';

interface DriftOptions extends ActorOptions {
  readonly namespace?: string;
  readonly heal?: boolean;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<environment>', 'NAME or NAMESPACE/NAME')
    .option('--namespace <namespace>', 'the namespace of the workflow document')
    .option('--heal', "give the release's own fields the values back that it was deployed with");
  addActorOptions(command).action(async (environment: string, options: DriftOptions) => {
    const request = {
      ...environmentRef(environment, options.namespace),
      ...commandOf(options, context),
      heal: options.heal ?? false,
    };
    const result = await withClient(context.io, options, (client) => client.drift(request));
    context.print(options.output, result, () => driftText(result, context.colours));
    if (result.drifted) throw new Exit(ExitCode.failed);
    // Not known is not the same as none.
    if (result.releases.some(({ report }) => report === null)) throw new Exit(ExitCode.notReachable);
  });
  example(
    command,
    'f0 drift framework0-production/production',
    'f0 drift framework0-production/production --heal --as alice --reason "scaled by mistake"',
  );
};
