import { Command, Option } from 'commander';
import { createLocalUsers, type LocalUsers } from '../../console/access/local-users';
import { type ConsoleRole, consoleRoles } from '../../console/api';
import { homeOf } from '../../embedded/home';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';

interface AddOptions extends CommonOptions {
  readonly role: ConsoleRole;
  readonly displayName?: string;
}

/** People who sign in to the console of this machine by a password. */
export const configure: ConfigureVerb = (command, context) => {
  const { io, say, print } = context;
  const usersOf = (options: CommonOptions): LocalUsers => createLocalUsers(homeOf(io.env, options.home).usersFile);

  const add = addCommonOptions(new Command('add'))
    .description('Add a user, or give one another role and password. The password is read from standard input.')
    .copyInheritedSettings(command)
    .argument('<name>', 'as approvals and the audit trail call the person')
    .addOption(new Option('--role <role>', 'what they may').choices(consoleRoles).makeOptionMandatory())
    .option('--display-name <text>', 'as the page calls them (default: the name)')
    .action(async (name: string, options: AddOptions) => {
      say('Password, then Enter and Ctrl-D:');
      const password = (await io.readStdin()).replace(/\r?\n$/, '');
      if (password === '') throw new UsageError('no password came on standard input');
      const { role, displayName = name } = options;
      await usersOf(options).put({ name, displayName, role }, password);
      print(options.output, { name, displayName, role }, () => `${name} may sign in as ${role}.`);
    });
  example(add, 'f0 user add alice --role approver < password.txt');

  const remove = addCommonOptions(new Command('remove'))
    .description('Remove a user; open pages of theirs are signed out at once.')
    .copyInheritedSettings(command)
    .argument('<name>', 'whom')
    .action(async (name: string, options: CommonOptions) => {
      await usersOf(options).remove(name);
      print(options.output, { name }, () => `${name} may sign in no more.`);
    });
  example(remove, 'f0 user remove alice');

  const list = addCommonOptions(new Command('list'))
    .description('Show who may sign in.')
    .copyInheritedSettings(command)
    .action(async (options: CommonOptions) => {
      const users = await usersOf(options).list();
      print(options.output, { users }, () =>
        users.length === 0
          ? 'Nobody signs in by a password.'
          : users.map(({ name, role }) => `${name}  ${role}`).join('\n'),
      );
    });
  example(list, 'f0 user list');

  command.addCommand(add).addCommand(remove).addCommand(list);
  example(command, 'f0 user add alice --role approver < password.txt', 'f0 user list');
};
