import type { Alert } from '../../contracts/alerts';
import type { SloStatus } from '../../contracts/kpis';
import { type BurnRatePolicy, burnRatePolicies } from './error-budget';

/** What an alert says; when it began, and who was told, is the business of whoever keeps alerts. */
export type BurnRateAlert = Pick<Alert, 'name' | 'severity' | 'labels' | 'summary' | 'description'>;

/**
 * The alerts that are true of these objectives now, in their order. A rate that is not known makes no alert: an objective
 * that is not measured is visible as such, and pages nobody.
 */
export function burnRateAlerts(slos: readonly SloStatus[]): readonly BurnRateAlert[] {
  return slos.flatMap((slo) =>
    burnRatePolicies.filter((policy) => burns(slo, policy)).map((policy) => alertOf(slo, policy)),
  );
}

function burns(slo: SloStatus, policy: BurnRatePolicy): boolean {
  return [policy.long, policy.short].every(({ name }) => (rateIn(slo, name) ?? 0) > policy.rate);
}

function rateIn({ burnRates }: SloStatus, window: string): number | null {
  return burnRates.find((one) => one.window === window)?.rate ?? null;
}

function alertOf(slo: SloStatus, policy: BurnRatePolicy): BurnRateAlert {
  const { name, environment, objective, windowDays, namespace } = slo;
  const rate = (window: string) => `${round(rateIn(slo, window) ?? 0)} over ${window}`;
  const left = slo.budgetLeft === null ? '' : ` ${round(slo.budgetLeft * 100)} % of the budget is left.`;
  const endsIn = `${round((windowDays * 24) / (rateIn(slo, policy.long.name) ?? 1))} h`;
  return {
    name: policy.urgency === 'page' ? 'SloBudgetBurnsFast' : 'SloBudgetBurns',
    severity: policy.urgency === 'page' ? 'critical' : 'warning',
    // The window is a label: the fast burn and the slow one are two alerts, and one may end before the other.
    labels: { namespace: namespace ?? '', environment, slo: name, window: policy.long.name },
    summary: `${name} in ${environment} burns its error budget ${round(rateIn(slo, policy.long.name) ?? 0)} times too fast`,
    description:
      `The objective is ${round(objective * 100)} % over ${windowDays} days. Burn rates: ${rate(policy.long.name)} and ${rate(policy.short.name)}, told above ${policy.rate}. ` +
      `At this rate a whole budget lasts ${endsIn}.${left}`,
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
