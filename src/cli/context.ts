import { type Command, Option } from 'commander';
import picocolors from 'picocolors';
import { stringify } from 'yaml';
import type { CliIo } from './io';

export type OutputFormat = 'text' | 'json' | 'yaml';
export type Colours = ReturnType<typeof picocolors.createColors>;

/** What every verb takes. */
export interface CommonOptions {
  readonly output: OutputFormat;
  readonly home?: string;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** The heading under which `f0 --help` shows it. */
  readonly group: string;
  /** Loads the verb's own module: only the one that is used is paid for. */
  readonly load: () => { readonly configure: ConfigureVerb };
}

export interface CliContext {
  readonly io: CliIo;
  readonly verbs: readonly Verb[];
  /** For standard output; without effect when that is no terminal or NO_COLOR is set. */
  readonly colours: Colours;
  /** Prints the answer of a verb: the value itself as JSON or YAML, or its text for people. */
  print(format: OutputFormat, value: unknown, text: () => string): void;
  /** Tells a person what is going on, on standard error, whatever the format of the answer is. */
  say(message: string): void;
}

/** Adds a verb's arguments, options, example and action to its command. */
export type ConfigureVerb = (command: Command, context: CliContext) => void;

export function createContext(io: CliIo, verbs: readonly Verb[]): CliContext {
  return {
    io,
    verbs,
    colours: picocolors.createColors(wantsColour(io)),
    print: (format, value, text) => {
      io.stdout.write(withNewline(format === 'text' ? text() : encode(format, value)));
    },
    say: (message) => io.stderr.write(withNewline(message)),
  };
}

/** The options that all verbs share. */
export function addCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(['text', 'json', 'yaml']).default('text'))
    .option('--home <dir>', 'the state folder (default: F0_HOME, else ~/.local/state/framework0)');
}

function encode(format: Exclude<OutputFormat, 'text'>, value: unknown): string {
  // By way of JSON, so that both formats show the same fields.
  return format === 'json' ? JSON.stringify(value, null, 2) : stringify(JSON.parse(JSON.stringify(value)));
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function wantsColour({ env, stdout }: CliIo): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return stdout.isTTY && env.TERM !== 'dumb';
}
