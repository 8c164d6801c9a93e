import { proxyActivities } from '@temporalio/workflow';
import type { ObserveActivities } from '../../../src/contracts/activities';
import type { AnalyzeInput, AnalyzeResult } from '../../../src/contracts/analysis';
import { TaskQueue } from '../../../src/contracts/task-queues';

const { analyze } = proxyActivities<ObserveActivities>({
  taskQueue: TaskQueue.observe,
  startToCloseTimeout: '5 min',
  heartbeatTimeout: '30 s',
});

export async function watchOnce(input: AnalyzeInput): Promise<AnalyzeResult> {
  return analyze(input);
}
