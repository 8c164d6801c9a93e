import picocolors from 'picocolors';
import { kpisText, sayFigure } from '../../../src/cli/view/kpis';
import type { Kpi, KpiReport } from '../../../src/contracts/kpis';

const kpi = (change: Partial<Kpi>): Kpi => ({
  name: 'lead_time',
  title: 'Lead time',
  value: 90,
  unit: 'seconds',
  before: 180,
  target: 100,
  direction: 'down',
  band: 'elite',
  definition: '',
  source: null,
  series: [],
  ...change,
});
const report = (change: Partial<KpiReport>): KpiReport => ({
  from: '2026-03-01T00:00:00Z',
  to: '2026-03-30T00:00:00Z',
  namespace: 'team',
  delivery: [],
  slos: [],
  business: [],
  ...change,
});
const text = (change: Partial<KpiReport>) => kpisText(report(change), picocolors.createColors(false));

describe('figures for people', () => {
  it('are said in their units, and not at all when they are not known', () => {
    const said = [
      [0.25, 'share'],
      [0.3, 'per_day'],
      [5400, 'seconds'],
      [1234.5, 'EUR'],
      [12.345, 'percent'],
      [7, 'count'],
      [3, 'per_hour'],
      [null, 'share'],
    ].map(([value, unit]) => sayFigure(value as number | null, String(unit)));

    expect(said).toEqual(['25 %', '0.3 a day', '1 h 30 min', '1,235 EUR', '12.3 %', '7', '3 per hour', '-']);
  });

  it('tell a trend and whether it is good', () => {
    const rows = [
      kpi({}),
      kpi({ value: 270 }),
      kpi({ direction: 'up', target: null }),
      kpi({ before: 0 }),
      kpi({ before: 90 }),
      kpi({ before: null, value: null, band: null }),
    ].map((one) =>
      text({ delivery: [one] })
        .split('\n')
        .at(-1)
        ?.replace(/\s{2,}/g, ' | '),
    );

    expect(rows).toEqual([
      'Lead time | 1 min 30 s | -50 % better | <= 1 min 40 s met | elite',
      'Lead time | 4 min 30 s | +50 % worse | <= 1 min 40 s missed | elite',
      'Lead time | 1 min 30 s | -50 % worse | elite',
      'Lead time | 1 min 30 s | from 0 worse | <= 1 min 40 s met | elite',
      'Lead time | 1 min 30 s | unchanged | <= 1 min 40 s met | elite',
      'Lead time | - | <= 1 min 40 s',
    ]);
  });

  it('show objectives with what is left of their budget and what burns', () => {
    const shown = text({
      slos: [
        {
          name: 'checkout',
          environment: 'production',
          objective: 0.9995,
          windowDays: 30,
          availability: 0.9994,
          budgetLeft: -0.2,
          burnRates: [
            { window: '1h', rate: 20, alertAbove: 14.4 },
            { window: '6h', rate: 2, alertAbove: 6 },
          ],
        },
      ],
    });

    expect(shown).toMatch(/checkout in production\s+99.95 % over 30 d\s+99.94 %\s+-20 %\s+20 over 1h/);
  });
});
