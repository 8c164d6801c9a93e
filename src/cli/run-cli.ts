import { Command } from 'commander';
import { productVersion } from '../embedded/product-version';
import { withCommandSpan } from './command-span';
import { addCommonOptions, type CliContext, createContext } from './context';
import { ExitCode, explainError } from './exit-code';
import type { CliIo } from './io';
import { verbs } from './verbs';

/**
 * Runs one command line (without the interpreter's own two words) and answers the exit code. Never throws, never ends
 * the process.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const context = createContext(io, verbs);
  try {
    const program = programFor(argv, context);
    if (argv.length === 0) {
      program.outputHelp();
      return ExitCode.fine;
    }
    await withCommandSpan(argv, io.env, () => program.parseAsync([...argv], { from: 'user' }));
    return ExitCode.fine;
  } catch (error) {
    return report(error, context);
  }
}

/** All verbs by name and summary; only the one that is asked for is loaded whole. */
function programFor(argv: readonly string[], context: CliContext): Command {
  const { io } = context;
  const program = new Command('f0')
    .description('A durable control plane for production change')
    .version(productVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help for a verb')
    .showSuggestionAfterError()
    // Options after a subcommand (`audit verify --home ...`) are its own, not those of the same name above it.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 120),
    })
    .addHelpText(
      'after',
      '\nExample:\n  $ f0 run workflow.yaml --release 1.2.0\n\nExit codes: 0 fine, 1 failed, 2 usage, 3 not reachable, 4 refused, 130 interrupted.',
    );
  const asked = argv.find((word) => !word.startsWith('-') && word !== 'help');
  for (const { name, summary, group, load } of context.verbs) {
    const command = program.command(name).summary(summary).description(capitalised(summary)).helpGroup(group);
    if (name === asked) load().configure(addCommonOptions(command), context);
  }
  return program;
}

function report(error: unknown, { io, say }: CliContext): ExitCode {
  const { exitCode, message, expected } = explainError(error);
  if (message === null) return exitCode;
  const debug = Boolean(io.env.F0_DEBUG);
  say(`f0: ${message}`);
  if (debug) say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  else if (!expected) say('This is a fault of f0, not of yours. F0_DEBUG=1 shows where it happened.');
  return exitCode;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
