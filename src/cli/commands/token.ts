import { Command, Option } from 'commander';
import { type ApiTokens, type ConsoleRole, consoleRoles, type NewApiToken } from '../../console/api';
import { callApi } from '../../console/api-client';
import { parseDuration } from '../../definition';
import { homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';

interface CreateOptions extends CommonOptions {
  readonly role: ConsoleRole;
  readonly expires: string;
}

/** Tokens with which services use the API of the console. */
export const configure: ConfigureVerb = (command, context) => {
  const { io, print } = context;
  const apiOf = (options: CommonOptions) => {
    const system = runningSystem(homeOf(io.env, options.home));
    if (!system) throw new UsageError('no system runs here: start it by `f0 up`');
    return system.api;
  };

  const create = addCommonOptions(new Command('create'))
    .description('Make a token. Its secret is shown this once.')
    .copyInheritedSettings(command)
    .argument('<name>', 'of the service')
    .addOption(new Option('--role <role>', 'what it may').choices(consoleRoles).makeOptionMandatory())
    .option('--expires <duration>', 'how long it is valid, or `never`', '90d')
    .action(async (name: string, options: CreateOptions) => {
      const body = { name, role: options.role, expiresAt: expiryOf(options.expires) };
      const made = await callApi<NewApiToken>(apiOf(options), 'POST', '/tokens', body);
      print(options.output, made, () => `${made.secret}\nValid until ${made.token.expiresAt ?? 'it is revoked'}.`);
    });
  example(create, 'f0 token create ci --role operator --expires 30d');

  const list = addCommonOptions(new Command('list'))
    .description('Show the tokens, without their secrets.')
    .copyInheritedSettings(command)
    .action(async (options: CommonOptions) => {
      const { tokens } = await callApi<ApiTokens>(apiOf(options), 'GET', '/tokens');
      print(options.output, { tokens }, () =>
        tokens.length === 0
          ? 'There are no tokens.'
          : tokens
              .map(({ id, name, role, expiresAt, lastUsedAt }) =>
                [id, name, role, `until ${expiresAt ?? 'revoked'}`, `used ${lastUsedAt ?? 'never'}`].join('  '),
              )
              .join('\n'),
      );
    });
  example(list, 'f0 token list');

  const revoke = addCommonOptions(new Command('revoke'))
    .description('Revoke a token, at once.')
    .copyInheritedSettings(command)
    .argument('<id>', 'as the list shows it')
    .action(async (id: string, options: CommonOptions) => {
      await callApi(apiOf(options), 'DELETE', `/tokens/${encodeURIComponent(id)}`);
      print(options.output, { id }, () => `Token ${id} is revoked.`);
    });
  example(revoke, 'f0 token revoke 3f0c2a9b7d1e4456');

  command.addCommand(create).addCommand(list).addCommand(revoke);
  example(command, 'f0 token create ci --role operator --expires 30d', 'f0 token list');
};

function expiryOf(text: string): string | null {
  if (text === 'never') return null;
  const seconds = parseDuration(text);
  if (seconds === null || seconds === 0) throw new UsageError(`"${text}" is no duration such as 30d, nor \`never\``);
  return new Date(Date.now() + seconds * 1000).toISOString();
}
