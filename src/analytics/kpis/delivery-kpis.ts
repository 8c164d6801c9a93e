import type { Kpi } from '../../contracts/kpis';
import { costOfDelay, type DelayCost, type DelaySum } from './cost-of-delay';
import { isoOfDay } from './days';
import type { DeliveryMeasure, Span } from './measure';
import { deliveryMeasures } from './measures';
import { addTallies } from './tally';
import type { DayTally } from './tally-days';

/** The tally of a day, and whose it is. */
export interface OwnedDay extends DayTally {
  readonly namespace: string;
  readonly workflow: string;
}

export interface DeliveryQuestion {
  /** Of the days looked at and as many before; others are passed over. */
  readonly days: readonly OwnedDay[];
  /** Days since 1970: the last one that counts. */
  readonly today: number;
  /** How many days are looked at, the last one included. */
  readonly length: number;
  /** The day on which anything went live in production for the first time ever; null: it has not come to that. */
  readonly firstLive: number | null;
  readonly isProduction: (namespace: string, environment: string) => boolean;
  /** Null: no cost is declared. */
  readonly costOf: (namespace: string) => DelayCost | null;
  /** By the name of the measure. */
  readonly targets: Readonly<Record<string, number>>;
}

/** All measures of delivery over the last days, against as many days before, and day by day. */
export function deliveryKpis(question: DeliveryQuestion): readonly Kpi[] {
  const counted = question.days.filter(
    // What belongs to no environment is of all of the workflow.
    ({ namespace, environment }) => environment === '' || question.isProduction(namespace, environment),
  );
  // Each measure looks at every day by itself: a search through all of them each time would be felt in a year of many.
  const byDay = new Map<number, OwnedDay[]>();
  for (const one of counted) {
    const ofDay = byDay.get(one.day);
    if (ofDay) ofDay.push(one);
    else byDay.set(one.day, [one]);
  }
  return [...deliveryMeasures.map((measure) => kpiOf(measure, byDay, question)), delayKpi(byDay, question)];
}

type ByDay = ReadonlyMap<number, readonly OwnedDay[]>;

function kpiOf(measure: DeliveryMeasure, days: ByDay, question: DeliveryQuestion): Kpi {
  const { name, title, unit, direction, source } = measure;
  const { today, length, targets } = question;
  const current = spanOf(days, today, length, question);
  const value = measure.value(current);
  return {
    name,
    title,
    value,
    unit,
    before: measure.value(spanOf(days, today - length, length, question)),
    target: targets[name] ?? null,
    direction,
    band: value === null || !measure.band ? null : measure.band(value),
    definition: measure.definition(current),
    source,
    series: lastDays(question).map((day) => ({
      at: isoOfDay(day),
      value: measure.value(spanOf(days, day, 1, question)),
    })),
  };
}

function spanOf(days: ByDay, last: number, length: number, { firstLive }: DeliveryQuestion): Span {
  const tally = addTallies(within(days, last, length).map((day) => day.tally));
  return { days: length, tally, recorded: firstLive !== null && firstLive <= last };
}

function delayKpi(days: ByDay, question: DeliveryQuestion): Kpi {
  const { today, length, targets } = question;
  const sum = (last: number, count: number) => delayOf(within(days, last, count), question);
  const { value, currency } = sum(today, length);
  return {
    name: 'cost_of_delay',
    title: 'Cost of delay',
    value,
    unit: currency ?? 'currency',
    before: sum(today - length, length).value,
    target: targets.cost_of_delay ?? null,
    direction: 'down',
    band: null,
    definition:
      'Days in which releases waited for people, each times the cost that the platform declares for a day of its workflow.',
    source: null,
    series: lastDays(question).map((day) => ({ at: isoOfDay(day), value: sum(day, 1).value })),
    ...(value === null ? { reason: 'nothing has waited, or no cost of it is declared in one currency' } : {}),
  };
}

function delayOf(days: readonly OwnedDay[], { costOf }: DeliveryQuestion): DelaySum {
  return costOfDelay(days.map(({ namespace, workflow, tally }) => ({ workflow, tally, cost: costOf(namespace) })));
}

function within(days: ByDay, last: number, length: number): readonly OwnedDay[] {
  return Array.from({ length }, (_, index) => last - length + 1 + index).flatMap((day) => days.get(day) ?? []);
}

function lastDays({ today, length }: DeliveryQuestion): readonly number[] {
  return Array.from({ length }, (_, index) => today - length + 1 + index);
}
