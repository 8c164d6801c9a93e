import { approvalFaults } from './check-approvals';
import { environmentFaults, freezeWarnings, targetFaults, unusedEnvironments } from './check-environments';
import { gitopsFaults } from './check-gitops';
import { metricFaults } from './check-metrics';
import { stageFaults } from './check-stage';
import { artifactFaults, cycleFaults, nameFaults, requirementFaults } from './check-stage-order';
import type { Findings, Surroundings } from './findings';
import { normalStages } from './normal-stage';
import type { ProductionWorkflow } from './schema/production-workflow';

/** What a schema cannot say: names that must exist, orders that must end, settings that contradict each other. */
export function checkWorkflow(workflow: ProductionWorkflow, { platform, app }: Surroundings): Findings {
  const stages = normalStages(workflow);
  const approvals = approvalFaults(workflow, stages, platform);
  const metrics = metricFaults(workflow, stages, platform);
  const gitops = gitopsFaults(workflow, stages, platform);
  return {
    errors: [
      ...nameFaults(stages),
      ...stages.flatMap((stage) => requirementFaults(stage, stages)),
      ...cycleFaults(stages),
      ...stages.flatMap((stage) => stageFaults(stage, workflow, { platform, app })),
      ...artifactFaults(stages),
      ...environmentFaults(workflow, platform),
      ...targetFaults(workflow, stages, { platform, app }),
      ...gitops.errors,
      ...approvals.errors,
      ...metrics.errors,
    ],
    warnings: [
      ...unusedEnvironments(workflow, stages),
      ...freezeWarnings(workflow, platform),
      ...gitops.warnings,
      ...approvals.warnings,
      ...metrics.warnings,
    ],
  };
}
