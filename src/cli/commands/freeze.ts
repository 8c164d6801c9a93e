import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { environmentRef } from '../environment-ref';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { sayInstant } from '../view/time';

interface FreezeOptions extends ActorOptions {
  readonly namespace?: string;
  readonly until?: string;
  readonly id: string;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('<environment>', 'NAME or NAMESPACE/NAME')
    .option('--namespace <namespace>', 'the namespace of the workflow document')
    .option('--until <instant>', 'ISO-8601, for example 2026-12-27T08:00:00Z (default: until somebody lifts it)')
    .option('--id <id>', 'names the freeze, to lift it alone', 'manual');
  addActorOptions(command).action(async (environment: string, options: FreezeOptions) => {
    const request = {
      ...environmentRef(environment, options.namespace),
      ...commandOf(options, context),
      id: options.id,
      until: instant(options.until),
    };
    if (request.reason === '') throw new UsageError('a freeze needs a --reason: those who wait will read it');
    const freeze = await withClient(context.io, options, (client) => client.freeze(request));
    context.print(options.output, freeze, () => {
      const end = freeze.until === null ? 'until it is lifted' : `until ${sayInstant(freeze.until)}`;
      return `${request.namespace}/${request.environment} is frozen ${end} (${freeze.reason}). Rollbacks are not held.`;
    });
  });
  example(command, 'f0 freeze framework0-production/production --until 2026-12-27T08:00:00Z --reason "holidays"');
};

function instant(text: string | undefined): string | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`--until ${text} is no instant: give ISO-8601, for example 2026-12-27T08:00:00Z`);
  if (at.getTime() <= Date.now()) throw new UsageError(`--until ${text} is in the past`);
  return at.toISOString();
}
