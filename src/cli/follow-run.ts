import type { ProductionClient, RunStatus } from '../client';
import { Phase } from '../contracts/phases';
import type { CliContext, OutputFormat } from './context';
import { Exit, ExitCode } from './exit-code';
import { liveView } from './view/live';

export interface FollowOptions {
  /** JSON Lines: each change as a line; otherwise only the last status is printed. */
  readonly everyChange: boolean;
}

/**
 * Follows a run until it ends: a live tree on a terminal, log lines elsewhere. Ends with code 1 when the run did not
 * succeed, with 130 when the user stopped looking; the run itself goes on then.
 */
export async function followRun(
  client: ProductionClient,
  run: string,
  context: CliContext,
  format: OutputFormat,
  { everyChange }: FollowOptions = { everyChange: true },
): Promise<void> {
  const { io, print, say } = context;
  const view = format === 'text' ? liveView(context) : null;
  let last: RunStatus | null = null;
  try {
    const onInterruption = (reason: string | null) => {
      if (view) view.interruption(reason);
      else if (reason !== null) say(reason);
    };
    for await (const status of client.watch(run, { signal: io.interrupted, onInterruption })) {
      last = status;
      view?.show(status);
      if (!view && everyChange) io.stdout.write(line(format, status));
    }
  } finally {
    view?.end();
  }
  if (io.interrupted.aborted) {
    const name = last === null ? run : `${last.name}/${last.release}`;
    say(`The run goes on. Follow it with: f0 watch ${name}`);
    throw new Exit(ExitCode.interrupted);
  }
  if (last !== null && !view && !everyChange) print(format, last, () => '');
  if (last?.phase !== Phase.succeeded) throw new Exit(ExitCode.failed);

  function line(of: OutputFormat, status: RunStatus): string {
    return of === 'json' ? `${JSON.stringify(status)}\n` : `---\n${JSON.stringify(status)}\n`;
  }
}
