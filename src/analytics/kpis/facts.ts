// What the audit trail says about delivery, one fact a run, deployment, failure and approval. Times are milliseconds since
// 1970; null: not known, or it has not come to that.

/** Whose fact it is. */
export interface FactOwner {
  readonly namespace: string;
  /** Name of the ProductionWorkflow. */
  readonly workflow: string;
  readonly release: string;
}

/** One execution of a workflow: all entries of it have this key in front of theirs. */
export interface RunFact extends FactOwner {
  readonly runKey: string;
  readonly startedAt: number | null;
  /** When the newest commit of the source was made. */
  readonly committedAt: number | null;
  readonly finishedAt: number | null;
}

/** A deployment that changed an environment: it went live, or went back after it had changed something. */
export interface DeploymentFact extends FactOwner {
  readonly runKey: string;
  readonly app: string;
  readonly environment: string;
  readonly endedAt: number;
  readonly wentLive: boolean;
}

/** A change that had to be taken back, during its deployment or later. */
export interface FailureFact extends FactOwner {
  readonly runKey: string;
  readonly app: string;
  readonly environment: string;
  /** The sample that first showed it; null: no metric did, people or an event said so. */
  readonly breachedAt: number | null;
  readonly decidedAt: number;
  /** The release before has all of the traffic again. */
  readonly trafficBackAt: number | null;
}

/** One question to people. */
export interface ApprovalFact extends FactOwner {
  /** Key of the audit entry that asked. */
  readonly key: string;
  readonly runKey: string;
  readonly stage: string;
  readonly gate: string;
  readonly requestedAt: number;
  readonly endedAt: number | null;
  /** `withdrawn`: its run ended before anybody decided. */
  readonly outcome: 'approved' | 'rejected' | 'expired' | 'withdrawn' | null;
}

export interface Facts {
  readonly runs: readonly RunFact[];
  readonly deployments: readonly DeploymentFact[];
  readonly failures: readonly FailureFact[];
  readonly approvals: readonly ApprovalFact[];
}
