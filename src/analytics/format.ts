import type { Unit } from '../definition/condition';

/** How many of a unit make one of the metric's base unit, and how the unit is printed after a number. */
const units: Readonly<Record<Unit, { readonly perBase: number; readonly suffix: string }>> = {
  '%': { perBase: 100, suffix: '%' },
  ms: { perBase: 1000, suffix: ' ms' },
  s: { perBase: 1, suffix: ' s' },
  m: { perBase: 1 / 60, suffix: ' min' },
  rps: { perBase: 1, suffix: ' rps' },
  B: { perBase: 1, suffix: ' B' },
  KiB: { perBase: 1 / 1024, suffix: ' KiB' },
  MiB: { perBase: 1 / 1024 ** 2, suffix: ' MiB' },
  GiB: { perBase: 1 / 1024 ** 3, suffix: ' GiB' },
};

/** The unit in which people read a metric where the document names none. */
export function naturalUnit(metric: string): Unit | null {
  if (isRatio(metric)) return '%';
  if (isLatency(metric)) return 's';
  if (metric === 'throughput') return 'rps';
  return metric === 'memory' ? 'MiB' : null;
}

/** A share of requests: its points are mostly zero, so its centre is a mean and never a median. */
export function isRatio(metric: string): boolean {
  return metric === 'error_rate';
}

export function isLatency(metric: string): boolean {
  return metric.startsWith('latency_');
}

/** A value in the metric's base unit as a number of `unit`; with `unit` null as it is. */
export function inUnit(value: number, unit: Unit | null): number {
  return unit === null ? value : Number((value * units[unit].perBase).toPrecision(6));
}

/** `0.0512` in `%` is `5.12%`: three digits that count, more where `unlike` would otherwise print the same. */
export function formatValue(value: number, unit: Unit | null, unlike?: number): string {
  let digits = 3;
  while (
    unlike !== undefined &&
    unlike !== value &&
    digits < 6 &&
    printed(value, unit, digits) === printed(unlike, unit, digits)
  ) {
    digits += 1;
  }
  return printed(value, unit, digits);
}

function printed(value: number, unit: Unit | null, digits: number): string {
  if (unit === null) return formatNumber(value, digits);
  const { perBase, suffix } = units[unit];
  return `${formatNumber(value * perBase, digits)}${suffix}`;
}

/** Plain decimals with `digits` significant digits; whole numbers keep all of theirs. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : value < 0 ? 'minus infinite' : 'not a number';
  const whole = Math.abs(value) >= 10 ** (digits - 1);
  return whole ? String(Math.round(value * 10) / 10) : trimmed(Number(value.toPrecision(digits)));
}

/** Never `1e-7`: figures in sentences are decimals. */
function trimmed(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '') : text;
}

/** A p-value: two digits that count, and an honest bound below what a normal approximation can tell. */
export function formatProbability(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${formatNumber(p, 2)}`;
}

/** `90 s`, `30 min`, `24 h`: the largest unit that keeps it whole, from two of it upwards. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 7200 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 120 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${formatNumber(seconds)} s`;
}

/** `1 request`, `2 requests`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count, 15)} ${noun}${count === 1 ? '' : 's'}`;
}
