import { dayMs } from './days';
import type { Tally } from './tally';

/** What a day costs that a release waits, as the platform declares it. */
export interface DelayCost {
  /** ISO 4217. */
  readonly currency: string;
  /** Of workflows that have no figure of their own; null: those are not counted. */
  readonly perDay: number | null;
  readonly workflows: Readonly<Record<string, number>>;
}

/** What waited, by whose cost it is. */
export interface WaitingWorkflow {
  readonly workflow: string;
  readonly tally: Pick<Tally, 'approvalWaits' | 'waitingSeconds'>;
  /** Null: its platform declares no cost. */
  readonly cost: DelayCost | null;
}

export interface DelaySum {
  /** Null: no cost is declared for anything that waited, or in several currencies, which cannot be added. */
  readonly value: number | null;
  readonly currency: string | null;
}

/** Days in which releases waited for people, times what a day of their workflow costs. */
export function costOfDelay(waiting: readonly WaitingWorkflow[]): DelaySum {
  let total = 0;
  const currencies = new Set<string>();
  for (const { workflow, tally, cost } of waiting) {
    const perDay = cost && perDayOf(cost, workflow);
    if (!cost || perDay === null || tally.approvalWaits.length + tally.waitingSeconds === 0) continue;
    currencies.add(cost.currency);
    total += (tally.waitingSeconds * 1_000 * perDay) / dayMs;
  }
  const [currency = null] = currencies;
  return currencies.size === 1 ? { value: total, currency } : { value: null, currency: null };
}

function perDayOf({ perDay, workflows }: DelayCost, workflow: string): number | null {
  return Object.hasOwn(workflows, workflow) ? (workflows[workflow] ?? null) : perDay;
}
