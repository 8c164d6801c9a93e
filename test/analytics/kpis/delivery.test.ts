import { type DeliveryQuestion, deliveryKpis, isProductionName, tallyDays } from '../../../src/analytics/kpis';
import type { AuditEntry } from '../../../src/contracts/audit';
import { dayMs, entriesOf, epoch, factsOf, hourMs, type Story } from './support';

const firstDay = epoch / dayMs;

function measure(entries: readonly AuditEntry[], change: Partial<DeliveryQuestion> = {}) {
  const facts = factsOf(entries);
  const { isProduction = (_: string, environment: string) => isProductionName(environment) } = change;
  const live = facts.deployments
    .filter(({ wentLive, environment }) => wentLive && isProduction('team', environment))
    .map(({ endedAt }) => Math.floor(endedAt / dayMs));
  const kpis = deliveryKpis({
    days: tallyDays(facts).map((day) => ({ ...day, namespace: 'team', workflow: 'shop' })),
    today: firstDay + 9,
    length: 10,
    firstLive: live.length === 0 ? null : Math.min(...live),
    isProduction,
    costOf: () => null,
    targets: {},
    ...change,
  });
  return Object.fromEntries(kpis.map((kpi) => [kpi.name, kpi]));
}

const good = (release: string, day: number, more: Partial<Story> = {}): AuditEntry[] =>
  entriesOf({ release, startedAt: day * dayMs, endedAt: day * dayMs + 2 * hourMs, ...more });

/** Two good, one rolled back on the way, one remedy. */
const month = [
  ...good('1.0.0', 0, { committedAt: -10 * hourMs }),
  ...good('1.1.0', 2, {
    approval: { askedAt: 2 * dayMs + 0.5 * hourMs, answeredAt: 2 * dayMs + 1.5 * hourMs },
  }),
  ...good('1.2.0', 4, {
    outcome: 'rolled_back',
    breachedAt: 4 * dayMs + hourMs,
    decidedAt: 4 * dayMs + hourMs + 10_000,
    backAt: 4 * dayMs + hourMs + 30_000,
  }),
  ...good('1.2.1', 5),
];

describe('the measures of delivery', () => {
  it('are what a person calculates by hand', () => {
    const kpis = measure(month);

    // 3 went live in 10 days.
    expect(kpis.deployment_frequency).toMatchObject({ value: 0.3, unit: 'per_day', band: 'high' });
    // 12 h from the commit, 2 h and 2 h from the start of the run.
    expect(kpis.lead_time).toMatchObject({ value: 2 * 3600, band: 'elite' });
    expect(kpis.lead_time?.definition).toContain('(2 of 3)');
    // 1 of 4 changes.
    expect(kpis.change_failure_rate).toMatchObject({ value: 0.25, band: 'low' });
    expect(kpis.recovery_time).toMatchObject({ value: 30, band: 'elite' });
    // 1.2.1 remedies 1.2.0.
    expect(kpis.rework_rate).toMatchObject({ value: 1 / 3, band: null });
    expect(kpis.approval_wait).toMatchObject({ value: 3600 });
    expect(kpis.rollback_time).toMatchObject({ value: 30 });
    expect(kpis.cost_of_delay).toMatchObject({ value: null, reason: expect.stringContaining('no cost') });
  });

  it('come in the order of the contract, each with definition and direction', () => {
    expect(Object.keys(measure(month))).toEqual([
      'deployment_frequency',
      'lead_time',
      'change_failure_rate',
      'recovery_time',
      'rework_rate',
      'approval_wait',
      'rollback_time',
      'cost_of_delay',
    ]);
  });

  it('are null, never 0, where there is nothing to compute them from', () => {
    const kpis = measure([]);

    expect(Object.values(kpis).map(({ value, before, band }) => [value, before, band])).toEqual(
      Array.from({ length: 8 }, () => [null, null, null]),
    );
    expect(kpis.deployment_frequency?.series).toHaveLength(10);
    expect(kpis.deployment_frequency?.series.every(({ value }) => value === null)).toBe(true);
  });

  it('know a frequency of 0 once something has been deployed', () => {
    const series = measure(good('1.0.0', 3)).deployment_frequency?.series.map(({ value }) => value);

    expect(series).toEqual([null, null, null, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('compare with as many days before', () => {
    const { deployment_frequency: frequency } = measure(month, { today: firstDay + 5, length: 3 });

    // 1.2.1 of the days 3 to 5; 1.0.0 and 1.1.0 of the days 0 to 2.
    expect([frequency?.value, frequency?.before]).toEqual([1 / 3, 2 / 3]);
  });

  it('count a release that is taken back later on the day it went live, and its recovery on the day it came', () => {
    const kpis = measure(
      good('1.0.0', 0, {
        takenBack: {
          breachedAt: 3 * dayMs,
          decidedAt: 3 * dayMs + 5_000,
          backAt: 3 * dayMs + 60_000,
        },
      }),
    );

    expect(kpis.change_failure_rate?.series.map(({ value }) => value).slice(0, 4)).toEqual([1, null, null, null]);
    expect(kpis.recovery_time?.series.map(({ value }) => value).slice(0, 4)).toEqual([null, null, null, 60]);
  });

  it('take the next release that goes live as the recovery where no traffic went back', () => {
    const failed = good('1.0.0', 0, { outcome: 'failed', decidedAt: hourMs });
    const kpis = measure([...failed, ...good('1.0.1', 1)]);

    expect(kpis.recovery_time?.value).toBe(25 * 3600);
    expect(kpis.rollback_time?.value).toBeNull();
  });

  it('count neither what people aborted nor what changed nothing', () => {
    const aborted = good('1.0.0', 0, { outcome: 'aborted', decidedAt: hourMs, backAt: 2 * hourMs });
    const neverBegan = good('1.0.1', 1, { outcome: 'failed' });

    expect(measure([...aborted, ...neverBegan]).change_failure_rate?.value).toBeNull();
  });

  it('look at production alone', () => {
    const staging = good('1.0.0', 0, { environment: 'staging' });

    expect(measure(staging).deployment_frequency?.value).toBeNull();
    expect(measure(staging, { isProduction: (_, name) => name === 'staging' }).deployment_frequency?.value).toBe(0.1);
  });

  it('know nothing of a run without approvals', () => {
    expect(measure(good('1.0.0', 0)).approval_wait?.value).toBeNull();
  });

  it('do not count a question that its run took back', () => {
    const [started, built, asked, , ...rest] = good('1.0.0', 0, {
      approval: { askedAt: hourMs, answeredAt: 2 * hourMs },
    });

    expect(measure([started!, built!, asked!, ...rest]).approval_wait?.value).toBeNull();
  });

  it('do not believe an end before its beginning: a clock was set back', () => {
    const kpis = measure(
      good('1.0.0', 1, {
        committedAt: 5 * dayMs,
        approval: { askedAt: dayMs + hourMs, answeredAt: dayMs },
        outcome: 'succeeded',
      }),
    );

    expect([kpis.approval_wait?.value, kpis.lead_time?.value]).toEqual([null, null]);
    expect(kpis.deployment_frequency?.value).toBe(0.1);
  });
});

describe('the cost of delay', () => {
  const cost = { currency: 'EUR', perDay: 240, workflows: { other: 480 } };
  const waits = good('1.0.0', 0, {
    endedAt: 3 * dayMs,
    approval: { askedAt: 12 * hourMs, answeredAt: dayMs + 12 * hourMs },
  });

  it('is the time that releases waited for people times what a day costs, on the days it passed', () => {
    const { cost_of_delay: delay } = measure(waits, { costOf: () => cost });

    expect(delay).toMatchObject({ value: 240, unit: 'EUR' });
    expect(delay?.series.map(({ value }) => value).slice(0, 3)).toEqual([120, 120, null]);
  });

  it('counts two gates at once once, and two releases at once twice', () => {
    const [started, built, asked, answered, ...rest] = waits;
    const second = (entry: AuditEntry): AuditEntry => ({
      ...entry,
      key: entry.key.replace('/run-1/', '/run-1/1'),
      details: { ...entry.details, gate: 'security' },
    });
    const twoGates = [started!, built!, asked!, second(asked!), answered!, second(answered!), ...rest];
    const other = entriesOf({
      release: '1.1.0',
      startedAt: 0,
      endedAt: 3 * dayMs,
      approval: { askedAt: 12 * hourMs, answeredAt: dayMs + 12 * hourMs },
    });

    expect(measure(twoGates, { costOf: () => cost }).cost_of_delay?.value).toBe(240);
    expect(measure([...twoGates, ...other], { costOf: () => cost }).cost_of_delay?.value).toBe(480);
  });

  it('is null where no cost is declared for the workflow', () => {
    const none = { currency: 'EUR', perDay: null, workflows: { other: 480 } };

    expect(measure(waits, { costOf: () => none }).cost_of_delay).toMatchObject({ value: null, unit: 'currency' });
  });
});

describe('the name of an environment', () => {
  it.each(['production', 'prod', 'prod-eu', 'eu_prod', 'Live', 'PRODUCTION'])('%s is production', (name) => {
    expect(isProductionName(name)).toBe(true);
  });
  it.each(['staging', 'pre-prod', 'nonprod', 'non-production', 'development', 'product-review', 'olive'])(
    '%s is not',
    (name) => {
      expect(isProductionName(name)).toBe(false);
    },
  );
});
