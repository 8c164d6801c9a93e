/** What happened in one stretch of time; two of them add up to that of both. Durations are seconds. */
export interface Tally {
  /** Deployments that went live. */
  readonly deployments: number;
  /** Deployments that changed the environment, and how many of those had to be taken back. */
  readonly changes: number;
  readonly failures: number;
  /** Deployments that went live to remedy a failure before them. */
  readonly reworks: number;
  /** One a deployment of which the beginning is known; how many of them are measured from a commit. */
  readonly leadTimes: readonly number[];
  readonly fromCommit: number;
  readonly recoveryTimes: readonly number[];
  readonly rollbackTimes: readonly number[];
  readonly approvalWaits: readonly number[];
  /** In which releases waited for people; waits of one release at the same time count once. */
  readonly waitingSeconds: number;
}

export const emptyTally: Tally = {
  deployments: 0,
  changes: 0,
  failures: 0,
  reworks: 0,
  leadTimes: [],
  fromCommit: 0,
  recoveryTimes: [],
  rollbackTimes: [],
  approvalWaits: [],
  waitingSeconds: 0,
};

export function addTallies(tallies: Iterable<Tally>): Tally {
  const all = [...tallies];
  const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0);
  return {
    deployments: sum((tally) => tally.deployments),
    changes: sum((tally) => tally.changes),
    failures: sum((tally) => tally.failures),
    reworks: sum((tally) => tally.reworks),
    leadTimes: all.flatMap((tally) => tally.leadTimes),
    fromCommit: sum((tally) => tally.fromCommit),
    recoveryTimes: all.flatMap((tally) => tally.recoveryTimes),
    rollbackTimes: all.flatMap((tally) => tally.rollbackTimes),
    approvalWaits: all.flatMap((tally) => tally.approvalWaits),
    waitingSeconds: sum((tally) => tally.waitingSeconds),
  };
}
