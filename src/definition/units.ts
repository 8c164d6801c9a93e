/** What a business KPI can be counted in, beside currencies by their ISO 4217 code. */
export const kpiUnits: readonly string[] = [
  'count',
  'share',
  'percent',
  'seconds',
  'milliseconds',
  'minutes',
  'hours',
  'days',
  'per_second',
  'per_minute',
  'per_hour',
  'per_day',
  'points',
];

export function isCurrency(unit: string): boolean {
  return /^[A-Z]{3}$/.test(unit);
}
