// Figures as the tables of docs/performance.md show them.

export function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

export function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${Math.round(value)} ms`;
}

export function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

export function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

/** A line of the table: a figure, its limit in the same run, the aim, and whether it was met. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly beside: string;
  readonly aim: string;
  readonly met: boolean | null;
  readonly wall: string;
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, figure, beside, aim, met, wall }) =>
      `| ${what} | ${figure} | ${beside} | ${aim}${met === null ? '' : met ? ': met' : ': **not met**'} | ${wall} |`,
  );
  return ['| what | measured | beside it | aim | what it is bound by |', '|---|---|---|---|---|', ...lines].join('\n');
}
