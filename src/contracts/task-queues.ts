/**
 * One queue per trust or rate boundary. One process may serve all of them (embedded), or replicas may each serve some:
 * only `f0-operate` workers run foreign commands, only `f0-deploy` workers hold cluster credentials.
 */
export const TaskQueue = {
  /** Workflows, and the audit trail that they write. */
  orchestrate: 'f0-orchestrate',
  /** Changes to clusters: prepare, shift, retire. */
  deploy: 'f0-deploy',
  /** Analyses: served by observer processes. */
  observe: 'f0-observe',
  /** Notifications, environment requests, enterprise systems. */
  integrate: 'f0-integrate',
  /** Builds, tests and operations that run commands. */
  operate: 'f0-operate',
} as const;
export type TaskQueue = (typeof TaskQueue)[keyof typeof TaskQueue];

export const allTaskQueues: readonly TaskQueue[] = Object.values(TaskQueue);
