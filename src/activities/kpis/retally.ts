import type { Kysely } from 'kysely';
import { dayOf, type FactOwner, type Facts, tallyDays } from '../../analytics/kpis';
import type { Schema } from '../../database';
import { factsOfWorkflow } from './fact-store';

type Workflow = Omit<FactOwner, 'release'>;

/** Counts the days anew that the changed facts have a part in. The facts themselves are stored already. */
export async function retally(db: Kysely<Schema>, changed: Facts): Promise<void> {
  for (const [owner, facts] of byWorkflow(changed)) {
    const all = await factsOfWorkflow(db, owner);
    const from = firstDayOf(facts, all);
    const { namespace, workflow } = owner;
    await db
      .deleteFrom('kpi_days')
      .where('namespace', '=', namespace)
      .where('workflow', '=', workflow)
      .where('day', '>=', from)
      .execute();
    const rows = tallyDays(all)
      .filter(({ day }) => day >= from)
      .map(({ environment, day, tally }) => ({ namespace, workflow, environment, day, tally: JSON.stringify(tally) }));
    if (rows.length > 0) await db.insertInto('kpi_days').values(rows).execute();
  }
}

/** The first day whose tally may be another one because of these facts: all that follows from a fact comes after it. */
function firstDayOf({ runs, deployments, failures, approvals }: Facts, all: Facts): number {
  const failedReleases = new Set(failures.map(({ app, environment, release }) => `${app}/${environment}/${release}`));
  const failed = all.deployments.filter(({ app, environment, release }) =>
    failedReleases.has(`${app}/${environment}/${release}`),
  );
  const times = [
    ...runs.flatMap(({ startedAt }) => startedAt ?? []),
    ...[...deployments, ...failed].map(({ endedAt }) => endedAt),
    ...failures.map(({ decidedAt, trafficBackAt }) => Math.min(decidedAt, trafficBackAt ?? decidedAt)),
    ...approvals.map(({ requestedAt, endedAt }) => Math.min(requestedAt, endedAt ?? requestedAt)),
  ];
  return dayOf(times.reduce((first, at) => Math.min(first, at), Number.MAX_SAFE_INTEGER));
}

function byWorkflow({ runs, deployments, failures, approvals }: Facts): readonly (readonly [Workflow, Facts])[] {
  const owners = new Map<string, Workflow>();
  for (const { namespace, workflow } of [...runs, ...deployments, ...failures, ...approvals]) {
    owners.set(JSON.stringify([namespace, workflow]), { namespace, workflow });
  }
  return [...owners.values()].map((owner) => {
    const isIts = (fact: FactOwner) => fact.namespace === owner.namespace && fact.workflow === owner.workflow;
    return [
      owner,
      {
        runs: runs.filter(isIts),
        deployments: deployments.filter(isIts),
        failures: failures.filter(isIts),
        approvals: approvals.filter(isIts),
      },
    ];
  });
}
