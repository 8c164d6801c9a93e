import type { StartedRun } from '../../client';
import { withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { followRun } from '../follow-run';
import { identityOf } from '../identity';
import { addPlanOptions, type PlanOptions, planOrExit } from '../plan-options';

interface RunOptions extends PlanOptions {
  readonly as?: string;
  readonly detach?: boolean;
  readonly reopen?: boolean;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say } = context;
  addPlanOptions(command)
    .option('--as <name>', 'who sends it (default: the user of this machine)')
    .option('-d, --detach', 'return when it has started')
    .option('--reopen', 'send a release again that was rolled back or has ended')
    .action(async (file: string, options: RunOptions) => {
      const plan = await planOrExit(file, options, context);
      const author = identityOf(options.as, io.env);
      await withClient(io, options, async (client) => {
        const run = await client.start({ plan, author, reopen: options.reopen ?? false });
        if (options.detach) {
          print(options.output, { workflowId: run.workflowId, runId: run.runId, url: run.url }, () => startedText(run));
          return;
        }
        if (options.output === 'text') say(startedText(run));
        await followRun(client, run.workflowId, context, options.output, { everyChange: false });
      });
    });
  example(
    command,
    'f0 run workflow.yaml --release 1.2.0',
    'f0 run workflow.yaml --release 1.2.0 --app services/shop --input region=eu --detach --output json',
  );
};

const states: Readonly<Record<StartedRun['existing'], string>> = {
  none: 'Started',
  running: 'It is at work already:',
  succeeded: 'It has succeeded already:',
};

function startedText({ existing, workflowId, url }: StartedRun): string {
  return `${states[existing]} ${workflowId}${url === null ? '' : `\n${url}`}`;
}
