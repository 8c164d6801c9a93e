import { knowsTemporal, withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { addPlanOptions, type PlanOptions, planOrExit } from '../plan-options';
import { liveRefusals, plannedRefusals } from '../refusals';
import { planText } from '../view/plan';

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say, colours } = context;
  addPlanOptions(command)
    .option('--offline', 'do not ask a running system what holds there')
    .action(async (file: string, options: PlanOptions & { readonly offline?: boolean }) => {
      const plan = await planOrExit(file, options, context);
      const refusals = [...plannedRefusals(plan, new Date().toISOString())];
      if (!options.offline && knowsTemporal(io, options)) {
        await withClient(io, options, async (client) => refusals.push(...(await liveRefusals(client, plan)))).catch(
          (error: unknown) => say(`Not asked what holds now: ${error instanceof Error ? error.message : error}`),
        );
      }
      print(options.output, { plan, refusals }, () => planText(plan, refusals, colours));
    });
  example(command, 'f0 plan workflow.yaml --release 1.2.0', 'f0 plan workflow.yaml --release 1.2.0 --output json');
};
