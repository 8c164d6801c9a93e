import { withClient } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { withReaders } from '../readers';
import { sayInstant } from '../view/time';

interface LogsOptions extends CommonOptions {
  readonly stage?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, colours } = context;
  command
    .argument('<run>', 'RELEASE, NAME/RELEASE, or the workflow id')
    .option('--stage <name>', 'of this stage only')
    .action(async (run: string, options: LogsOptions) => {
      const workflowId = await fullId(run, options);
      const logs = await withReaders(io, options, (readers) => readers.logs.ofRun(workflowId, options.stage));
      print(options.output, { workflowId, logs }, () =>
        logs.length === 0
          ? `${workflowId}: no command has printed anything${options.stage === undefined ? '' : ` in ${options.stage}`}.`
          : logs
              .map(({ at, stage, title, text }) => `${colours.bold(`${sayInstant(at)}  ${stage}  ${title}`)}\n${text}`)
              .join('\n'),
      );
    });
  example(command, 'f0 logs shop/1.2.0 --stage build_and_test');

  /** A full id needs no Temporal: logs can be read while it is away. */
  async function fullId(run: string, options: LogsOptions): Promise<string> {
    if (run.startsWith('pipeline/') && run.split('/').length === 4) return run;
    return withClient(io, options, (client) => client.find(run));
  }
};
