import { type TraceDraft, WorkflowSpans } from './trace-spans';
import type { Execution, ExecutionRef, HistorySource, RunTrace } from './trace-types';

/** The histories of a run and of all that it started, as one tree. Null: there is no such execution. */
export async function traceRun(ref: ExecutionRef, source: HistorySource): Promise<RunTrace | null> {
  const spans = await readWorkflow(ref, source);
  return spans && { traceId: spans.traceId, root: spans.root };
}

async function readWorkflow(ref: ExecutionRef, source: HistorySource): Promise<WorkflowSpans | null> {
  const spans = new WorkflowSpans(ref, source);
  let runId: string | null = ref.runId;
  // A workflow that continues as new is one workflow to those who look at it.
  while (runId !== null) {
    const execution: Execution | null = await source.load({ ...ref, runId });
    if (!execution) break;
    runId = await spans.take(execution);
  }
  if (spans.isEmpty) return null;
  await Promise.all(spans.startedChildren.map((child) => readChild(child, source)));
  return spans;
}

/** What the parent knows of a child (when it was asked for, how it ended) stays where the child's history is gone. */
async function readChild(draft: TraceDraft, source: HistorySource): Promise<void> {
  const { workflowId, runId } = draft;
  if (workflowId === null || runId === null) return;
  const own = await readWorkflow({ workflowId, runId }, source);
  if (!own) return;
  const { scheduledAt } = draft;
  Object.assign(draft, own.root, { scheduledAt, summary: draft.summary || own.root.summary });
}
