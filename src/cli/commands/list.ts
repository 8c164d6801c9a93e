import { InvalidArgumentError, Option } from 'commander';
import type { ListFilter } from '../../client';
import { Phase } from '../../contracts/phases';
import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { phaseName } from '../view/phase';
import { table } from '../view/table';
import { sayBetween, sayInstant } from '../view/time';

interface ListOptions extends CommonOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly release?: string;
  readonly phase?: Phase;
  readonly awaiting?: boolean;
  readonly limit: number;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .option('--name <name>', 'runs of this workflow only')
    .option('--namespace <namespace>', 'runs of this namespace only')
    .option('--release <release>', 'runs of this release only')
    .addOption(new Option('--phase <phase>', 'runs in this phase only').choices(Object.values(Phase)))
    .option('--awaiting', 'runs that wait for an approval only')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .action(async (options: ListOptions) => {
      const runs = await withClient(context.io, options, (client) => client.list(filterOf(options)));
      context.print(options.output, { runs }, () => {
        if (runs.length === 0) return 'No runs.';
        const rows = runs.map((run) => [
          `${run.name}/${run.release}`,
          run.phase === null ? '?' : phaseName(run.phase, context.colours),
          sayInstant(run.startedAt),
          sayBetween(run.startedAt, run.endedAt),
          run.namespace,
        ]);
        return table(['RUN', 'PHASE', 'STARTED', 'TOOK', 'NAMESPACE'], rows, context.colours);
      });
    });
  example(command, 'f0 list', 'f0 list --phase awaiting_approval --output json');
};

function filterOf({ name, namespace, release, phase, awaiting, limit }: ListOptions): ListFilter {
  return {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(release === undefined ? {} : { release }),
    ...(phase === undefined ? {} : { phase }),
    ...(awaiting ? { awaitingApproval: true } : {}),
    limit,
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}
