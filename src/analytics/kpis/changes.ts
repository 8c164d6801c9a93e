import type { DeploymentFact, Facts, FailureFact, RunFact } from './facts';

/** A deployment with what other facts say about it. */
export interface Change {
  readonly deployment: DeploymentFact;
  /** It had to be taken back, during its deployment or later. */
  readonly failed: boolean;
  /** It went live while what had failed before it was not remedied by another deployment. */
  readonly isRework: boolean;
  /** Of those that went live; null: neither commit nor start is known. */
  readonly leadSeconds: number | null;
  /** The lead time begins with the commit, not with the run. */
  readonly fromCommit: boolean;
}

export interface Recovery {
  readonly failure: FailureFact;
  /** Traffic was back, or the next deployment went live; null: neither yet. */
  readonly recoveredAt: number | null;
}

export interface Changes {
  readonly changes: readonly Change[];
  readonly failures: readonly Recovery[];
}

/** Brings together what the facts of one workflow say, for each app and environment by itself. */
export function changesOf({ runs, deployments, failures }: Facts): Changes {
  const runsOfRelease = groupBy(runs, ({ release }) => release);
  const places = groupBy([...deployments, ...failures], ({ app, environment }) => `${app}/${environment}`);
  const all = [...places.values()].map((facts) =>
    placeChanges(
      facts
        .filter((fact): fact is DeploymentFact => 'wentLive' in fact)
        .sort((a, b) => a.endedAt - b.endedAt || byKey(a, b)),
      facts
        .filter((fact): fact is FailureFact => 'decidedAt' in fact)
        .sort((a, b) => a.decidedAt - b.decidedAt || byKey(a, b)),
      runsOfRelease,
    ),
  );
  return { changes: all.flatMap(({ changes }) => changes), failures: all.flatMap((one) => one.failures) };
}

/** @param deployments and `failures`: of one app in one environment, in the order of time */
function placeChanges(
  deployments: readonly DeploymentFact[],
  failures: readonly FailureFact[],
  runsOfRelease: ReadonlyMap<string, readonly RunFact[]>,
): Changes {
  const failed = new Set(failures.map((failure) => deploymentThatFailed(failure, deployments)));
  const live = deployments.filter(({ wentLive }) => wentLive);
  const remedies = new Set(failures.map((failure) => nextLive(failure, live)));
  return {
    changes: deployments.map((deployment) => ({
      deployment,
      failed: failed.has(deployment),
      isRework: remedies.has(deployment),
      ...leadOf(deployment, runsOfRelease.get(deployment.release) ?? []),
    })),
    failures: failures.map((failure) => ({
      failure,
      recoveredAt: failure.trafficBackAt ?? nextLive(failure, live)?.endedAt ?? null,
    })),
  };
}

/** Its own deployment; of a release that is taken back later the last one that brought it there. */
function deploymentThatFailed(
  failure: FailureFact,
  deployments: readonly DeploymentFact[],
): DeploymentFact | undefined {
  return (
    deployments.find(({ runKey }) => runKey === failure.runKey) ??
    deployments.findLast(({ release, endedAt }) => release === failure.release && endedAt <= failure.decidedAt)
  );
}

/** The deployment that put the failure right: the first other one that went live after it. */
function nextLive(failure: FailureFact, live: readonly DeploymentFact[]): DeploymentFact | undefined {
  return live.find(({ endedAt, runKey }) => endedAt >= failure.decidedAt && runKey !== failure.runKey);
}

function leadOf(
  { wentLive, endedAt }: DeploymentFact,
  runs: readonly RunFact[],
): Pick<Change, 'leadSeconds' | 'fromCommit'> {
  const started = runs.filter((run) => run.startedAt !== null && run.startedAt <= endedAt);
  const run = started.reduce<RunFact | null>((last, one) => (last && later(last, one) ? last : one), null);
  const from = run?.committedAt ?? run?.startedAt ?? null;
  // A commit of the future comes from a clock that is wrong.
  if (!wentLive || from === null || from > endedAt) return { leadSeconds: null, fromCommit: false };
  return { leadSeconds: (endedAt - from) / 1_000, fromCommit: run?.committedAt != null };
}

function later(a: RunFact, b: RunFact): boolean {
  return (a.startedAt ?? 0) > (b.startedAt ?? 0) || (a.startedAt === b.startedAt && a.runKey > b.runKey);
}

function byKey(a: { readonly runKey: string }, b: { readonly runKey: string }): number {
  return a.runKey < b.runKey ? -1 : a.runKey > b.runKey ? 1 : 0;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
