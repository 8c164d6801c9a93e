import type { Kpi, KpiReport, SloStatus } from '../../contracts/kpis';
import type { Colours } from '../context';
import { table } from './table';
import { sayDuration, sayInstant } from './time';

/** The report for a terminal: a table each of delivery, objectives and business, and why something is not known. */
export function kpisText(report: KpiReport, colours: Colours): string {
  const { from, to, namespace, delivery, slos, business } = report;
  const where = namespace === null ? 'all namespaces' : `namespace ${namespace}`;
  const unknown = [...slos, ...business].flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []));
  return [
    `${sayInstant(from)} to ${sayInstant(to)}, ${where}`,
    kpiTable('DELIVERY', delivery, colours),
    slos.length === 0 ? '' : sloTable(slos, colours),
    business.length === 0 ? '' : kpiTable('BUSINESS', business, colours),
    unknown.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function kpiTable(heading: string, kpis: readonly Kpi[], colours: Colours): string {
  const rows = kpis.map((kpi) => [
    kpi.title,
    sayFigure(kpi.value, kpi.unit),
    trendOf(kpi, colours),
    targetOf(kpi, colours),
    kpi.band ?? '',
  ]);
  return table([heading, 'VALUE', 'TREND', 'TARGET', 'BAND'], rows, colours);
}

function sloTable(slos: readonly SloStatus[], colours: Colours): string {
  const rows = slos.map(({ name, environment, objective, windowDays, availability, budgetLeft, burnRates }) => {
    const burning = burnRates.filter(({ rate, alertAbove }) => rate !== null && rate > alertAbove);
    const rates = burning.map(({ window, rate }) => `${plain(rate ?? 0)} over ${window}`).join(', ');
    const left = sayFigure(budgetLeft, 'share');
    return [
      `${name} in ${environment}`,
      `${percent(objective)} over ${windowDays} d`,
      availability === null ? '-' : percent(availability),
      budgetLeft !== null && budgetLeft < 0 ? colours.red(left) : left,
      colours.red(rates),
    ];
  });
  return table(['OBJECTIVE', 'WANTED', 'MEASURED', 'BUDGET LEFT', 'BURNS TOO FAST'], rows, colours);
}

/** `-` for what is not known: a 0 would be a figure. */
export function sayFigure(value: number | null, unit: string): string {
  if (value === null) return '-';
  switch (unit) {
    case 'per_day':
      return `${plain(value)} a day`;
    case 'seconds':
      return sayDuration(value);
    case 'share':
      return `${plain(value * 100)} %`;
    case 'percent':
      return `${plain(value)} %`;
    case 'count':
      return plain(value);
    default:
      return `${plain(value)} ${unit.replaceAll('_', ' ')}`;
  }
}

/** Against the stretch before: how much it has changed, and whether that is good. */
function trendOf({ value, before, direction }: Kpi, colours: Colours): string {
  if (value === null || before === null) return '';
  if (value === before) return 'unchanged';
  const change =
    before === 0 ? 'from 0' : `${value > before ? '+' : ''}${plain(((value - before) / Math.abs(before)) * 100)} %`;
  const isBetter = value > before === (direction === 'up');
  return isBetter ? colours.green(`${change} better`) : colours.red(`${change} worse`);
}

function targetOf({ value, target, direction, unit }: Kpi, colours: Colours): string {
  if (target === null) return '';
  const text = `${direction === 'up' ? '>=' : '<='} ${sayFigure(target, unit)}`;
  if (value === null) return text;
  const isMet = direction === 'up' ? value >= target : value <= target;
  return isMet ? colours.green(`${text} met`) : colours.red(`${text} missed`);
}

/** Whole above a hundred, three figures below. */
function plain(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** Objectives differ behind the comma: 99.9 and 99.95 are not the same. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}
