import { dayOf, isoOfDay } from '../../analytics/kpis';
import type { Kpi } from '../../contracts/kpis';
import type { BusinessKpiPlan } from '../../definition';
import type { FigureReader } from './figure-reader';
import { targetOf } from './targets';

export interface BusinessPeriod {
  readonly nowMs: number;
  readonly days: number;
}

/** A figure of the business: what its query says now, and said at the end of each day. Never throws. */
export async function businessKpi(
  plan: BusinessKpiPlan,
  namespace: string,
  figures: FigureReader | null,
  { nowMs, days }: BusinessPeriod,
): Promise<Kpi> {
  const { name, title, source, query, windowSeconds, target, direction, unit, definition } = plan;
  const common = { name, title, unit, target, direction, band: null, definition, source: null };
  if (!figures) {
    return {
      ...common,
      value: null,
      before: null,
      series: [],
      reason: 'no process that asks metric sources is at work',
    };
  }
  const asked = targetOf(source, { [name]: query }, { namespace, environment: '', app: '' });
  const needed = { metric: name, windowSeconds };
  const [{ readings, measuredAt }, past] = await Promise.all([
    figures.read(asked, [needed]),
    figures.daily(asked, needed, days),
  ]);
  const [reading] = readings;
  const value = reading?.value ?? null;
  const byDay = new Map(past.map((one) => [dayOf(Date.parse(one.at)), one.value]));
  const today = dayOf(nowMs);
  const at = (day: number) => (day === today ? value : (byDay.get(day) ?? null));
  return {
    ...common,
    value,
    before: byDay.get(today - days) ?? null,
    series: Array.from({ length: days }, (_, index) => today - days + 1 + index).map((day) => ({
      at: isoOfDay(day),
      value: at(day),
    })),
    measuredAt,
    ...(value === null ? { reason: reading?.reason ?? `the metric source ${source.name} has no value` } : {}),
  };
}
