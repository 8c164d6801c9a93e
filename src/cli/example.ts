import type { Command } from 'commander';

/** The example at the end of a verb's help. */
export function example(command: Command, ...lines: readonly string[]): Command {
  const shown = lines.map((line) => `  $ ${line}`).join('\n');
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${shown}`);
}
