/** A condition on two windows: the long one says that it matters, the short one that it is still so. */
export interface BurnRatePolicy {
  /** How many times faster than the budget allows. */
  readonly rate: number;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
  /** `page`: a person now; `ticket`: within a working day. */
  readonly urgency: 'page' | 'ticket';
}

export interface BurnWindow {
  readonly name: string;
  readonly seconds: number;
}

const minute = 60;
const hour = 3_600;

/**
 * Of the Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"
 * (https://sre.google/workbook/alerting-on-slos/): 2 % of a month's budget in an hour, 5 % in six, 10 % in three days.
 */
export const burnRatePolicies: readonly BurnRatePolicy[] = [
  { rate: 14.4, long: { name: '1h', seconds: hour }, short: { name: '5m', seconds: 5 * minute }, urgency: 'page' },
  { rate: 6, long: { name: '6h', seconds: 6 * hour }, short: { name: '30m', seconds: 30 * minute }, urgency: 'page' },
  { rate: 1, long: { name: '3d', seconds: 72 * hour }, short: { name: '6h', seconds: 6 * hour }, urgency: 'ticket' },
];

/** Every window that the policies look at, shortest first, each once. */
export const burnWindows: readonly BurnWindow[] = [
  ...new Map(burnRatePolicies.flatMap(({ long, short }) => [long, short]).map((one) => [one.name, one])).values(),
].sort((a, b) => a.seconds - b.seconds);

/** The share of good events; null: there were none, or the figures cannot be. */
export function availabilityOf(good: number | null, total: number | null): number | null {
  if (good === null || total === null || !(total > 0) || good < 0) return null;
  // Two queries are not asked at the same instant: a few good ones more than all is no fault of anybody's.
  return Math.min(1, good / total);
}

/** What is left of the error budget: 1 all of it, 0 nothing, below 0 overspent. */
export function budgetLeft(availability: number | null, objective: number): number | null {
  const rate = burnRate(availability, objective);
  return rate === null ? null : 1 - rate;
}

/** How many times faster than allowed the budget is spent: at 1 it is used up exactly at the end of its window. */
export function burnRate(availability: number | null, objective: number): number | null {
  return availability === null ? null : (1 - availability) / (1 - objective);
}
