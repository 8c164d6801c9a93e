import type { Command as CliCommand } from 'commander';
import type { Command, ProductionClient, RunStatus } from '../client';
import { withClient } from './connection';
import type { CliContext, CommonOptions, ConfigureVerb } from './context';
import { example } from './example';
import { identityOf } from './identity';
import { printStatus } from './print-status';

export interface ActorOptions extends CommonOptions {
  readonly as?: string;
  readonly reason?: string;
}

/** `--as` and `--reason`, which every verb that changes something takes. */
export function addActorOptions(command: CliCommand): CliCommand {
  return command
    .option('--as <name>', 'who acts (default: the user of this machine)')
    .option('--reason <text>', 'why; kept in the audit trail');
}

export function commandOf(options: ActorOptions, { io }: CliContext, otherwise = ''): Command {
  return { by: identityOf(options.as, io.env), reason: options.reason ?? otherwise };
}

/** A verb that sends one command to one run and shows what became of it. */
export function runVerb(
  name: string,
  send: (client: ProductionClient, run: string, command: Command) => Promise<RunStatus>,
): ConfigureVerb {
  return (command, context) => {
    command.argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id');
    addActorOptions(command).action(async (run: string, options: ActorOptions) => {
      const status = await withClient(context.io, options, (client) => send(client, run, commandOf(options, context)));
      printStatus(context, options.output, status);
    });
    example(command, `f0 ${name} shop/1.2.0 --as alice --reason "numbers look odd"`);
  };
}
