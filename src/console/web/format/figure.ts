import { duration } from './time';

/** A figure of a metric in the unit that the API names; ratios are read as percent. */
export function figure(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'ratio':
    case 'share':
      return `${digits(value * 100)} %`;
    case 's':
    case 'seconds':
      return secondsText(value);
    case 'ms':
      return `${digits(value)} ms`;
    case 'per_day':
      return `${digits(value)} / day`;
    case 'count':
    case '':
      return digits(value);
    case 'currency':
      return money(value, null);
    default:
      return /^[A-Z]{3}$/.test(unit) ? money(value, unit) : `${digits(value)} ${unit}`;
  }
}

function secondsText(value: number): string {
  if (Math.abs(value) < 1) return `${digits(value * 1000)} ms`;
  return Math.abs(value) < 60 ? `${digits(value)} s` : duration(value);
}

function money(value: number, currency: string | null): string {
  const style = currency === null ? {} : ({ style: 'currency', currency } as const);
  return new Intl.NumberFormat(undefined, { ...style, maximumFractionDigits: value < 1000 ? 2 : 0 }).format(value);
}

/** Three significant digits up to a thousand, then whole. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  const maximumFractionDigits = Math.min(6, Math.max(0, 2 - size));
  return new Intl.NumberFormat(undefined, { maximumFractionDigits }).format(value);
}
