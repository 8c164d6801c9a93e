import type { WorkerOptions } from '@temporalio/worker';
import { TaskQueue } from '../contracts/task-queues';
import type { WorkerConfig } from './config';

/** Pollers follow the backlog: an idle queue costs one open request, a burst gets as many as it can use. */
const elastic = (maximum: number): NonNullable<WorkerOptions['workflowTaskPollerBehavior']> => ({
  type: 'autoscaling',
  minimum: 1,
  initial: 2,
  maximum,
});

/** How much one process takes on at once. Each number with its reason; more capacity is more replicas. */
const capacity: Readonly<Record<TaskQueue, Partial<WorkerOptions>>> = {
  [TaskQueue.orchestrate]: {
    // One thread runs the workflow code. The SDK's authors measured their best rate with 120 tasks and 60 pollers.
    maxConcurrentWorkflowTaskExecutions: 120,
    workflowTaskPollerBehavior: elastic(60),
    // After a kill Temporal offers tasks and questions to the dead worker's cache for this long. Shorter than a client waits
    // for an answer (10 s), or the first `f0 status` after a restart finds no worker; long against the wait of a busy one.
    stickyQueueScheduleToStartTimeout: '5 s',
    // Audit entries: those of a storm wait together for a transaction.
    maxConcurrentActivityTaskExecutions: 200,
    activityTaskPollerBehavior: elastic(20),
  },
  [TaskQueue.deploy]: {
    // They wait for replicas to become ready and hold next to nothing; the bound keeps a fault's retries off the cluster. On
    // a machine that is busy few are taken on: in the queue they go by priority, a way back first, and in here they do not.
    tuner: {
      tunerOptions: { targetMemoryUsage: 0.95, targetCpuUsage: 0.9 },
      activityTaskSlotOptions: { minimumSlots: 16, maximumSlots: 200, rampThrottle: '20 ms' },
    },
    activityTaskPollerBehavior: elastic(20),
  },
  [TaskQueue.observe]: {
    // A slot is held while a watch is registered, not while it runs: 10,000 watches need no more than this.
    maxConcurrentActivityTaskExecutions: 200,
    activityTaskPollerBehavior: elastic(50),
  },
  [TaskQueue.integrate]: {
    // Other people's systems: enough for a burst of notifications, few enough to stay a polite caller.
    maxConcurrentActivityTaskExecutions: 50,
    activityTaskPollerBehavior: elastic(20),
  },
  [TaskQueue.operate]: {
    // How many commands run at once is configured.
    activityTaskPollerBehavior: elastic(5),
  },
};

/** What is left, once the grace is over, for cancelled activities to say so before the process gives up on them. */
const forceAfterSeconds = 5;

/** The options of a queue's worker that follow from configuration alone. */
export function workerOptions(taskQueue: TaskQueue, config: WorkerConfig): Partial<WorkerOptions> {
  const { deployment, maxCachedWorkflows, maxCommands, shutdownGraceSeconds } = config;
  return {
    ...capacity[taskQueue],
    // Activities that end within it end here; the others are cancelled, fail, and are retried by another worker.
    shutdownGraceTime: shutdownGraceSeconds * 1000,
    shutdownForceTime: (shutdownGraceSeconds + forceAfterSeconds) * 1000,
    ...(taskQueue === TaskQueue.orchestrate ? { maxCachedWorkflows } : {}),
    ...(taskQueue === TaskQueue.operate ? { maxConcurrentActivityTaskExecutions: maxCommands } : {}),
    ...(deployment
      ? {
          workerDeploymentOptions: {
            useWorkerVersioning: true,
            version: { deploymentName: deployment.name, buildId: deployment.buildId },
            // Where a workflow does not say: a run ends with the code that it began with.
            defaultVersioningBehavior: 'PINNED',
          },
        }
      : {}),
  };
}
