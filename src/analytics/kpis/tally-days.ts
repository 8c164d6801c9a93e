import { type Changes, changesOf } from './changes';
import { dayOf } from './days';
import type { Facts } from './facts';
import { addTallies, emptyTally, type Tally } from './tally';
import { waitingByDay } from './waiting';

/** What happened in one environment on one day. Approvals belong to no environment: theirs is the empty name. */
export interface DayTally {
  readonly environment: string;
  /** Days since 1970. */
  readonly day: number;
  readonly tally: Tally;
}

/** The days of one workflow, from all of its facts; the order in which these are given does not matter. */
export function tallyDays(facts: Facts): readonly DayTally[] {
  const tallies = new Map<string, { environment: string; day: number; parts: Tally[] }>();
  const add = (environment: string, day: number, part: Partial<Tally>) => {
    const key = `${day}/${environment}`;
    const place = tallies.get(key) ?? { environment, day, parts: [] };
    place.parts.push({ ...emptyTally, ...part });
    tallies.set(key, place);
  };
  addChanges(changesOf(facts), add);
  addApprovals(facts, add);
  return [...tallies.values()].map(({ environment, day, parts }) => ({ environment, day, tally: sorted(parts) }));
}

type Add = (environment: string, day: number, part: Partial<Tally>) => void;

function addChanges({ changes, failures }: Changes, add: Add): void {
  for (const { deployment, failed, isRework, leadSeconds, fromCommit } of changes) {
    const { environment, endedAt, wentLive } = deployment;
    add(environment, dayOf(endedAt), {
      changes: 1,
      failures: failed ? 1 : 0,
      deployments: wentLive ? 1 : 0,
      reworks: wentLive && isRework ? 1 : 0,
      leadTimes: leadSeconds === null ? [] : [leadSeconds],
      fromCommit: leadSeconds !== null && fromCommit ? 1 : 0,
    });
  }
  for (const { failure, recoveredAt } of failures) {
    const { environment, breachedAt, decidedAt, trafficBackAt } = failure;
    const began = breachedAt ?? decidedAt;
    if (recoveredAt !== null) add(environment, dayOf(recoveredAt), { recoveryTimes: seconds(began, recoveredAt) });
    if (trafficBackAt !== null)
      add(environment, dayOf(trafficBackAt), { rollbackTimes: seconds(began, trafficBackAt) });
  }
}

function addApprovals({ approvals }: Facts, add: Add): void {
  for (const { requestedAt, endedAt, outcome } of approvals) {
    if (endedAt === null || outcome === 'withdrawn') continue;
    add('', dayOf(endedAt), { approvalWaits: seconds(requestedAt, endedAt) });
  }
  for (const [day, waitingSeconds] of waitingByDay(approvals)) add('', day, { waitingSeconds });
}

/** Whoever sets a clock back makes an end before its beginning: such a time is not known. */
function seconds(fromMs: number, toMs: number): readonly number[] {
  return toMs < fromMs ? [] : [(toMs - fromMs) / 1_000];
}

/** The same facts in another order are the same tally. */
function sorted(parts: readonly Tally[]): Tally {
  const tally = addTallies(parts);
  const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  return {
    ...tally,
    leadTimes: inOrder(tally.leadTimes),
    recoveryTimes: inOrder(tally.recoveryTimes),
    rollbackTimes: inOrder(tally.rollbackTimes),
    approvalWaits: inOrder(tally.approvalWaits),
  };
}
