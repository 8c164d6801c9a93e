import type { Client } from '@temporalio/client';
import type { RunStatus } from '../src/client';
import { environmentWorkflowId } from '../src/contracts/ids';

/** What one run of the example document costs Temporal, over the pipeline, its deployments and their environments. */
export interface RunCost {
  readonly workflows: number;
  readonly workflowTasks: number;
  readonly activities: number;
  readonly events: number;
  readonly historyBytes: number;
}

export async function countHistory(client: Client, run: RunStatus): Promise<RunCost> {
  const deployments = run.stages.flatMap(({ deploymentId }) => deploymentId ?? []);
  const environments = run.stages.flatMap(({ environment }) =>
    environment ? environmentWorkflowId({ namespace: run.namespace, environment }) : [],
  );
  const cost = { workflows: 0, workflowTasks: 0, activities: 0, events: 0, historyBytes: 0 };
  for (const workflowId of [run.workflowId, ...deployments, ...environments]) {
    const handle = client.workflow.getHandle(workflowId);
    const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    const events = history.events ?? [];
    cost.workflows += 1;
    cost.events += events.length;
    cost.workflowTasks += events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
    cost.activities += events.filter((event) => event.activityTaskCompletedEventAttributes).length;
    cost.historyBytes += description.historySize ?? 0;
  }
  return cost;
}
