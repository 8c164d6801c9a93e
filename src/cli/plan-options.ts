import { type Command, InvalidArgumentError } from 'commander';
import { type PlanReading, type ReadPlanRequest, readPlan } from '../client';
import type { ReleasePlan } from '../definition/release-plan';
import type { CliContext, CommonOptions } from './context';
import { Exit, ExitCode } from './exit-code';
import { scaleNumber } from './scale-number';
import { diagnosticsText } from './view/diagnostics';

export interface PlanOptions extends CommonOptions {
  readonly release: string;
  readonly app?: string;
  readonly source?: string;
  readonly platform?: string;
  readonly workflow?: string;
  readonly input?: Readonly<Record<string, string>>;
  readonly timeScale: number;
}

/** What `f0 plan` and `f0 run` are told about a release. */
export function addPlanOptions(command: Command): Command {
  return command
    .argument('<file>', 'the workflow document; it may hold the platform too')
    .requiredOption('--release <name>', 'the release, for example 1.2.0')
    .option('--app <dir>', 'the folder of the app (default: the nearest one with f0.app.yaml)')
    .option('--source <dir>', 'the same as --app')
    .option('--platform <file>', 'the platform document (default: local clusters, built-in metrics)')
    .option('--workflow <name>', 'which workflow, when the file has several')
    .option('--input <key=value>', 'an input of the workflow; may be repeated', keyValue)
    .option('--time-scale <n>', 'every duration times this; for trying things out', scaleNumber, 1);
}

/** The plan; when there is none, its faults are shown and the command ends with code 1. */
export async function planOrExit(file: string, options: PlanOptions, context: CliContext): Promise<ReleasePlan> {
  const { io, colours } = context;
  const source = options.app ?? options.source;
  const request: ReadPlanRequest = {
    files: [file],
    cwd: io.cwd,
    release: options.release,
    inputs: options.input ?? {},
    timeScale: options.timeScale,
    ...(source === undefined ? {} : { source }),
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
  };
  const reading = await readPlan(request);
  if (reading.warnings.length > 0) context.say(diagnosticsText(reading.warnings, 'warning', reading.texts, colours));
  if (reading.plan) return reading.plan;
  showFaults(reading, options, context);
  throw new Exit(ExitCode.failed);
}

/** The same JSON as `f0 validate` gives, so that a program reads faults in one way. */
function showFaults({ errors, warnings, texts }: PlanReading, { output }: PlanOptions, context: CliContext): void {
  if (output === 'text') context.say(diagnosticsText(errors, 'error', texts, context.colours));
  else context.print(output, { valid: false, errors, warnings }, () => '');
}

function keyValue(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
