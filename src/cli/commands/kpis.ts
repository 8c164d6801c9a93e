import { InvalidArgumentError } from 'commander';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { withReaders } from '../readers';
import { kpisText } from '../view/kpis';

interface KpisOptions extends CommonOptions {
  readonly days: number;
  readonly namespace?: string;
  readonly workflow?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, colours } = context;
  command
    .option('--days <n>', 'how far back, today included', wholeDays, 30)
    .option('--namespace <namespace>', 'of this namespace only')
    .option('--workflow <name>', 'of this workflow only')
    .action(async (options: KpisOptions) => {
      const { days, namespace, workflow } = options;
      const query = { days, ...(namespace ? { namespace } : {}), ...(workflow ? { workflow } : {}) };
      const report = await withReaders(io, options, ({ kpis }) => kpis.report(query));
      print(options.output, report, () => kpisText(report, colours));
    });
  example(command, 'f0 kpis --days 30', 'f0 kpis --workflow shop --output json');
};

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 366) {
    throw new InvalidArgumentError('It must be a whole number of days, 1 to 366.');
  }
  return days;
}
