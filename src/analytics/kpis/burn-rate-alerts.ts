import type { Alert } from '../../contracts/alerts';
import type { SloStatus } from '../../contracts/kpis';
import { type BurnRatePolicy, burnRatePolicies } from './error-budget';

/** What an alert says; since when, and who was told, is the business of whoever keeps alerts. */
export type BurnRateAlert = Pick<Alert, 'name' | 'severity' | 'labels' | 'summary' | 'description'> & {
  readonly state: 'firing' | 'resolved';
};

/**
 * What is true of these objectives now, and what is not: each policy of each objective, in their order. One of which a
 * rate is not known is left out: that neither pages anybody, nor ends what fires.
 */
export function burnRateAlerts(slos: readonly SloStatus[]): readonly BurnRateAlert[] {
  return slos.flatMap((slo) =>
    burnRatePolicies.flatMap((policy) => {
      const rates = [policy.long, policy.short].map(({ name }) => rateIn(slo, name));
      if (rates.some((rate) => rate === null)) return [];
      const isFiring = rates.every((rate) => (rate ?? 0) > policy.rate);
      return [alertOf(slo, policy, isFiring ? 'firing' : 'resolved')];
    }),
  );
}

function rateIn({ burnRates }: SloStatus, window: string): number | null {
  return burnRates.find((one) => one.window === window)?.rate ?? null;
}

function alertOf(slo: SloStatus, policy: BurnRatePolicy, state: BurnRateAlert['state']): BurnRateAlert {
  const { name, environment, objective, windowDays, namespace } = slo;
  const rateNow = rateIn(slo, policy.long.name) ?? 0;
  const rate = (window: string) => `${round(rateIn(slo, window) ?? 0)} over ${window}`;
  const left = slo.budgetLeft === null ? '' : ` ${round(slo.budgetLeft * 100)} % of the budget is left.`;
  const lasts = rateNow > 0 ? ` At this rate a whole budget lasts ${round((windowDays * 24) / rateNow)} h.` : '';
  return {
    name: policy.urgency === 'page' ? 'SloBudgetBurnsFast' : 'SloBudgetBurns',
    severity: policy.urgency === 'page' ? 'critical' : 'warning',
    // The window is a label: the fast burn and the slow one are two alerts, and one may end before the other.
    labels: { namespace: namespace ?? '', environment, slo: name, window: policy.long.name },
    state,
    summary: `${name} in ${environment} burns its error budget at ${round(rateNow)} times the rate that it allows`,
    description: `The objective is ${round(objective * 100)} % over ${windowDays} days. Burn rates: ${rate(policy.long.name)} and ${rate(policy.short.name)}, told above ${policy.rate}.${lasts}${left}`,
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
