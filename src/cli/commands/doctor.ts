import type { CommonOptions, ConfigureVerb } from '../context';
import type { Check, CheckContext, CheckResult } from '../doctor/check';
import { cluster } from '../doctor/cluster';
import { database } from '../doctor/database';
import { clock, disk, node, ports } from '../doctor/machine';
import { searchAttributes, temporal } from '../doctor/services';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';

const checks: Readonly<Record<string, Check>> = {
  node: node,
  disk: disk,
  clock: clock,
  ports: ports,
  temporal: temporal,
  'search attributes': searchAttributes,
  database: database,
  cluster: cluster,
};

export const configure: ConfigureVerb = (command, context) => {
  const { colours } = context;
  const marks = { fine: colours.green('✔'), warning: colours.yellow('!'), failed: colours.red('✖') };
  command.action(async (options: CommonOptions) => {
    const results = await runAll({ io: context.io, homeOption: options.home });
    const ok = results.every((result) => result.state !== 'failed');
    context.print(options.output, { ok, checks: results }, () => results.map(line).join('\n'));
    if (!ok) throw new Exit(ExitCode.failed);
  });
  example(command, 'f0 doctor', 'f0 doctor --output json');

  function line({ name, state, found, remedy }: CheckResult): string {
    const todo = remedy === null ? '' : `\n${' '.repeat(22)}${colours.dim(remedy)}`;
    return `${marks[state]} ${name.padEnd(20)}${found}${todo}`;
  }
};

/** One after the other: the checks are quick, and their order is that of the answer. */
async function runAll(context: CheckContext): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, check] of Object.entries(checks)) {
    results.push(
      await check(context).catch((error: unknown) => ({
        name,
        state: 'failed' as const,
        found: error instanceof Error ? error.message : String(error),
        remedy: null,
      })),
    );
  }
  return results;
}
