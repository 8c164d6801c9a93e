import { Command, Option } from 'commander';
import type { AlertQuery } from '../../client';
import type { AlertState } from '../../contracts/alerts';
import { parseDuration } from '../../definition/duration';
import { withClient } from '../connection';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { type ActorOptions, addActorOptions, commandOf } from '../lifecycle';
import { alertsText } from '../view/alerts';
import { sayInstant } from '../view/time';

interface ListOptions extends CommonOptions {
  readonly namespace?: string;
  readonly state?: AlertState;
}

interface SilenceOptions extends ActorOptions {
  readonly match: readonly string[];
  readonly for: string;
  readonly namespace?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print } = context;
  command
    .option('--namespace <namespace>', 'alerts of this namespace only')
    .addOption(new Option('--state <state>', 'alerts in this state only').choices(['pending', 'firing', 'resolved']))
    .action(async ({ output, ...options }: ListOptions) => {
      const query: AlertQuery = {
        ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
        ...(options.state === undefined ? {} : { state: options.state }),
      };
      const book = await withClient(io, options, ({ alerts }) => alerts.read(query));
      print(output, book, () => alertsText(book, context.colours));
    });

  const acknowledge = subcommand('ack', 'Say that somebody takes care: no repetition, no escalation.')
    .argument('<fingerprint>', 'of the alert, or the first 6 characters of it and more')
    .action(async (fingerprint: string, options: ActorOptions) => {
      const who = commandOf(options, context);
      await withClient(io, options, ({ alerts }) => alerts.acknowledge(fingerprint, who));
      print(options.output, { fingerprint, ...who }, () => `${fingerprint} is acknowledged by ${who.by.name}.`);
    });
  example(acknowledge, 'f0 alerts ack 3f9a2c41 --as alice --reason "looking into it"');

  const silence = subcommand('silence', 'Tell nobody of alerts that have these labels, for a while.')
    .requiredOption('--match <label=value...>', 'exact values of labels; env is short for environment')
    .requiredOption('--for <duration>', 'for how long: 30m, 2h, 1d')
    .option('--namespace <namespace>', 'where there are alerts of several')
    .action(async (options: SilenceOptions) => {
      const who = commandOf(options, context);
      if (who.reason === '') throw new UsageError('a silence needs a --reason: those who are not told will read it');
      const own = options.namespace === undefined ? {} : { namespace: options.namespace };
      const request = { ...who, matchers: { ...matchersOf(options.match), ...own }, until: endOf(options.for) };
      const made = await withClient(io, options, ({ alerts }) => alerts.silence(request));
      print(options.output, made, () => `Silence ${made.id} holds until ${sayInstant(made.until)}.`);
    });
  example(silence, 'f0 alerts silence --match env=production app=shop --for 2h --reason "known, fix is on its way"');

  const unsilence = subcommand('unsilence', 'End a silence before its time.')
    .argument('<id>', 'of the silence')
    .action(async (id: string, options: ActorOptions) => {
      const who = commandOf(options, context);
      await withClient(io, options, ({ alerts }) => alerts.expireSilence(id, who));
      print(options.output, { id }, () => `Silence ${id} has ended.`);
    });
  example(unsilence, 'f0 alerts unsilence 5d1c09aa');

  command.addCommand(acknowledge).addCommand(silence).addCommand(unsilence);
  example(
    command,
    'f0 alerts --state firing --output json',
    'f0 alerts ack 3f9a2c41 --reason "looking into it"',
    'f0 alerts silence --match env=production --for 2h --reason "maintenance"',
  );

  function subcommand(name: string, description: string): Command {
    const made = new Command(name).copyInheritedSettings(command).description(description);
    return addActorOptions(addCommonOptions(made));
  }
};

function matchersOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, label = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/.exec(pair) ?? [];
      if (label === '') throw new UsageError(`--match ${pair} is no label with its value: expected LABEL=VALUE`);
      return [label === 'env' ? 'environment' : label, value];
    }),
  );
}

function endOf(text: string): string {
  const seconds = parseDuration(text);
  if (!seconds) throw new UsageError(`--for ${text} is no duration: expected such as 30m, 2h or 1d`);
  return new Date(Date.now() + seconds * 1000).toISOString();
}
