import type { ProductionClient } from '../../client';
import type { StagePreview } from '../../contracts/workflows';
import { previewedStages } from '../../definition/previewed-stages';
import type { ReleasePlan } from '../../definition/release-plan';
import { knowsTemporal, withClient } from '../connection';
import type { ConfigureVerb } from '../context';
import { example } from '../example';
import { addPlanOptions, type PlanOptions, planOrExit } from '../plan-options';
import { liveRefusals, plannedRefusals } from '../refusals';
import { changesText } from '../view/cluster-changes';
import { planText } from '../view/plan';

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say, colours } = context;
  addPlanOptions(command)
    .option('--offline', 'do not ask a running system what holds there, and what would change')
    .action(async (file: string, options: PlanOptions & { readonly offline?: boolean }) => {
      const plan = await planOrExit(file, options, context);
      const refusals = [...plannedRefusals(plan, new Date().toISOString())];
      let changes: readonly StagePreview[] | null = null;
      let note: string | null = 'no running system is known here';
      if (options.offline) note = '--offline was given';
      else if (knowsTemporal(io, options)) {
        await withClient(io, options, async (client) => {
          refusals.push(...(await liveRefusals(client, plan)));
          changes = await changesOf(client, plan);
          note = null;
        }).catch((error: unknown) => {
          note = error instanceof Error ? error.message : String(error);
          say(`Not asked what holds now: ${note}`);
        });
      }
      const found: readonly StagePreview[] = changes ?? [];
      for (const { stage, preview } of found) {
        for (const reason of preview?.refused ?? []) refusals.push({ stage, reason, until: null });
      }
      // Of local clusters there is nothing to be told.
      const hasChanges = previewedStages(plan).length > 0;
      print(options.output, { plan, refusals, changes, ...(note === null ? {} : { note }) }, () =>
        [planText(plan, refusals, colours), ...(hasChanges ? ['', changesText(found, note, colours)] : [])].join('\n'),
      );
    });
  example(command, 'f0 plan workflow.yaml --release 1.2.0', 'f0 plan workflow.yaml --release 1.2.0 --output json');
};

async function changesOf(client: ProductionClient, plan: ReleasePlan): Promise<readonly StagePreview[]> {
  if (previewedStages(plan).length === 0) return [];
  return (await client.preview(plan)).stages;
}
