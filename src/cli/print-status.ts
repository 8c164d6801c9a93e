import type { RunStatus } from '../client';
import type { CliContext, OutputFormat } from './context';
import { statusText } from './view/status';

/** The answer of every verb that ends with a run's status: the same JSON everywhere. */
export function printStatus({ print, colours }: CliContext, format: OutputFormat, status: RunStatus): void {
  print(format, status, () => statusText(status, { colours, now: Date.now(), hints: true }));
}
