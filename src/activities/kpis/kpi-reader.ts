import { dayOf, deliveryKpis, isoOfDay } from '../../analytics/kpis';
import type { KpiReader, KpiReport, SloStatus } from '../../contracts/kpis';
import { answering, type Database } from '../../database';
import type { MetricSources } from '../metrics';
import { businessKpi } from './business-kpi';
import { firstLiveDay, readDays } from './day-store';
import { createFigureReader, type FigureReader } from './figure-reader';
import { PlatformChoice } from './platform-choice';
import type { KpiProjector, PlatformStore } from './port';
import { sloStatus } from './slo-status';

export interface KpiReaderOptions {
  readonly database: Database;
  readonly platforms: PlatformStore;
  readonly projector: Pick<KpiProjector, 'catchUp'>;
  /** Null: in a process that asks no metric sources; their figures are null then. */
  readonly metrics: MetricSources | null;
  /** @default Date.now */
  readonly now?: () => number;
}

export interface SloReader {
  /** Where the objectives of all platforms stand: what `burnRateAlerts` is asked about. */
  slos(): Promise<readonly SloStatus[]>;
}

/**
 * Everything that executives look at, as of now. Days are those of UTC; today is one of them, and not over.
 * Throws `Unavailable` when the database does not answer; a metric source that does not is a null with its reason.
 */
export function createKpiReader(options: KpiReaderOptions): KpiReader & SloReader {
  const { database, platforms, projector, metrics, now = Date.now } = options;
  const figures = metrics && createFigureReader(metrics, now);
  return {
    slos: async () => slosOf(new PlatformChoice(await platforms.plans()), undefined, figures),
    report: async ({ days, namespace, workflow }): Promise<KpiReport> => {
      await projector.catchUp();
      const nowMs = now();
      const choice = new PlatformChoice(await platforms.plans());
      const [delivery, slos, business] = await Promise.all([
        deliveryOf(database, choice, { days, namespace, workflow, today: dayOf(nowMs) }),
        slosOf(choice, namespace, figures),
        Promise.all(
          choice
            .for(namespace)
            .flatMap((plan) => plan.kpis.map((kpi) => businessKpi(kpi, plan.namespace, figures, { nowMs, days }))),
        ),
      ]);
      const from = isoOfDay(dayOf(nowMs) - days + 1);
      return { from, to: new Date(nowMs).toISOString(), namespace: namespace ?? null, delivery, slos, business };
    },
  };
}

interface Question {
  readonly days: number;
  readonly namespace: string | undefined;
  readonly workflow: string | undefined;
  readonly today: number;
}

async function deliveryOf({ db }: Database, choice: PlatformChoice, question: Question) {
  const { days: length, namespace, workflow, today } = question;
  const filter = { ...(namespace === undefined ? {} : { namespace }), ...(workflow === undefined ? {} : { workflow }) };
  const isProduction = choice.isProduction.bind(choice);
  return answering(async () =>
    deliveryKpis({
      days: await readDays(db, filter, today - 2 * length + 1, today),
      firstLive: await firstLiveDay(db, filter, isProduction),
      today,
      length,
      isProduction,
      costOf: choice.costOf.bind(choice),
      targets: choice.targetsOf(namespace),
    }),
  );
}

function slosOf(
  choice: PlatformChoice,
  namespace: string | undefined,
  figures: FigureReader | null,
): Promise<readonly SloStatus[]> {
  return Promise.all(
    choice.for(namespace).flatMap((plan) => plan.slos.map((slo) => sloStatus(slo, plan.namespace, figures))),
  );
}
