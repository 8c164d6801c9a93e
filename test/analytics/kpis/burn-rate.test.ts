import fc from 'fast-check';
import { availabilityOf, budgetLeft, burnRate, burnRateAlerts, burnRatePolicies } from '../../../src/analytics/kpis';
import type { SloStatus } from '../../../src/contracts/kpis';

/** An objective whose windows have these availabilities. */
function slo(byWindow: Readonly<Record<string, number | null>>, objective = 0.999): SloStatus {
  const availability = byWindow['30d'] ?? null;
  return {
    namespace: 'team',
    name: 'checkout',
    environment: 'production',
    objective,
    windowDays: 30,
    availability,
    budgetLeft: budgetLeft(availability, objective),
    burnRates: burnRatePolicies.flatMap(({ rate, long, short }) =>
      [long, short].map(({ name }) => ({
        window: name,
        rate: burnRate(byWindow[name] ?? null, objective),
        alertAbove: rate,
      })),
    ),
  };
}

const firing = (slos: readonly SloStatus[]) => burnRateAlerts(slos).filter(({ state }) => state === 'firing');

const fine = { '5m': 1, '30m': 1, '1h': 1, '6h': 1, '3d': 1, '30d': 0.9995 };

describe('an error budget', () => {
  it('is spent as the Site Reliability Workbook calculates it', () => {
    // 99.9 % of a million requests: 1,000 may fail, 250 did.
    const availability = availabilityOf(999_750, 1_000_000);

    expect(budgetLeft(availability, 0.999)).toBeCloseTo(0.75);
    // 2 % of the budget of 30 days in one hour is a rate of 14.4.
    expect((0.02 * 30 * 24) / 1).toBeCloseTo(14.4);
    expect(burnRate(1 - 0.0144, 0.999)).toBeCloseTo(14.4);
    expect(budgetLeft(0.998, 0.999)).toBeCloseTo(-1);
  });

  it('is not known without events, nor with figures that cannot be', () => {
    expect([availabilityOf(0, 0), availabilityOf(null, 5), availabilityOf(5, null), availabilityOf(-1, 5)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(availabilityOf(5, Number.NaN)).toBeNull();
    expect(availabilityOf(101, 100)).toBe(1);
    expect(budgetLeft(null, 0.99)).toBeNull();
  });

  it('burns at 1 exactly when it is used up at the end of its window', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.99999, noNaN: true }), (objective) => {
        expect(burnRate(objective, objective)).toBeCloseTo(1);
        expect(budgetLeft(objective, objective)).toBeCloseTo(0);
      }),
    );
  });
});

describe('burn-rate alerts', () => {
  it('are none while the budget is kept', () => {
    expect(burnRateAlerts([slo(fine)]).map(({ state, labels }) => [labels.window, state])).toEqual([
      ['1h', 'resolved'],
      ['6h', 'resolved'],
      ['3d', 'resolved'],
    ]);
  });

  it('page when an hour and its last five minutes burn more than 14.4 times too fast', () => {
    const alerts = firing([slo({ ...fine, '1h': 0.98, '5m': 0.97 })]);

    expect(alerts).toEqual([
      {
        name: 'SloBudgetBurnsFast',
        severity: 'critical',
        state: 'firing',
        labels: { namespace: 'team', environment: 'production', slo: 'checkout', window: '1h' },
        summary: 'checkout in production burns its error budget at 20 times the rate that it allows',
        description:
          'The objective is 99.9 % over 30 days. Burn rates: 20 over 1h and 30 over 5m, told above 14.4. At this rate a whole budget lasts 36 h. 50 % of the budget is left.',
      },
    ]);
  });

  it('end with the short window, while the long one still remembers', () => {
    expect(firing([slo({ ...fine, '1h': 0.98, '5m': 1 })])).toEqual([]);
  });

  it('make a ticket of a slow burn, and a page of six hours', () => {
    const slow = firing([slo({ ...fine, '3d': 0.998, '6h': 0.998 })]);
    const six = firing([slo({ ...fine, '6h': 0.993, '30m': 0.992, '3d': 1 })]);

    expect(slow.map(({ severity, labels }) => [severity, labels.window])).toEqual([['warning', '3d']]);
    expect(six.map(({ severity, labels }) => [severity, labels.window])).toEqual([['critical', '6h']]);
  });

  it('say nothing of what is not measured: it neither pages nor ends what fires', () => {
    expect(burnRateAlerts([slo({})])).toEqual([]);
    expect(burnRateAlerts([slo({ ...fine, '1h': 0.5, '5m': null })]).map(({ labels }) => labels.window)).toEqual([
      '6h',
      '3d',
    ]);
  });

  it('fire only when both windows are above their rate', () => {
    const share = fc.double({ min: 0.9, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.record({ '5m': share, '30m': share, '1h': share, '6h': share, '3d': share }), (windows) => {
        const told = firing([slo({ ...windows, '30d': 0.9995 })]).map(({ labels }) => labels.window);
        const burns = (name: string, rate: number) => burnRate(windows[name as keyof typeof windows], 0.999)! > rate;
        const expected = burnRatePolicies.filter(
          ({ rate, long, short }) => burns(long.name, rate) && burns(short.name, rate),
        );
        expect(told).toEqual(expected.map(({ long }) => long.name));
      }),
    );
  });
});
