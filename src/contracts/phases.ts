/** Where a run or one of its stages is. The names are part of the command line's and the API's contract. */
export const Phase = {
  waiting: 'waiting',
  running: 'running',
  awaitingApproval: 'awaiting_approval',
  paused: 'paused',
  succeeded: 'succeeded',
  failed: 'failed',
  rolledBack: 'rolled_back',
  aborted: 'aborted',
  skipped: 'skipped',
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

const finalPhases: ReadonlySet<Phase> = new Set([
  Phase.succeeded,
  Phase.failed,
  Phase.rolledBack,
  Phase.aborted,
  Phase.skipped,
]);

export function isFinal(phase: Phase): boolean {
  return finalPhases.has(phase);
}
