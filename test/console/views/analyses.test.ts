import { addPoint, advanceWatch, noPoints, startWatch } from '../../../src/analytics';
import { analysisView, watchersOf } from '../../../src/console/views/analyses';
import type { AnalysisPlan, MetricTarget } from '../../../src/definition/release-plan';
import { examplePlan, statusOf } from '../harness';

const start = Date.parse('2026-01-01T00:00:00Z');
const target = { environment: 'production', release: '1.2.0' } as MetricTarget;

async function watched(): Promise<AnalysisPlan> {
  const plan = await examplePlan();
  const steps = plan.stages.find(({ name }) => name === 'deploy_production')?.deployment?.steps ?? [];
  const step = steps.find(({ kind }) => kind === 'analyze');
  if (step?.kind !== 'analyze') throw new Error('the example watches nothing in production');
  return step.analysis;
}

describe('an analysis under way', () => {
  it('shows the candidate beside its baseline, in the unit of the condition, with the line that it must not cross', async () => {
    const plan = await watched();
    const state = startWatch(plan, new Date(start).toISOString(), { hasBaseline: true });
    const points = (value: number) =>
      [0, 1, 2].reduce(
        (series, index) => addPoint(series, { atMs: start + index * 1000, value, requests: 10, wide: false }),
        noPoints,
      );
    const view = analysisView({
      key: 'k',
      workflowId: 'w',
      input: { key: 'k', plan, target, baselineRelease: '1.1.0' },
      state: { ...state, candidate: { error_rate: points(0.031) }, baseline: { error_rate: points(0.001) } },
      readings: { latency_p95: { atMs: [start], values: [null] } },
    });
    const [errors] = view.charts.filter(({ metric }) => metric === 'error_rate');
    const [latency] = view.charts.filter(({ metric }) => metric === 'latency_p95');

    expect(view).toMatchObject({ environment: 'production', release: '1.2.0', baselineRelease: '1.1.0' });
    expect(Date.parse(view.endsAt) - start).toBe(plan.durationSeconds * 1000);
    expect(errors?.unit).toBe('%');
    expect(errors?.thresholds).toEqual([{ condition: 'error_rate > 2%', value: 2 }]);
    expect(errors?.candidate[2]).toEqual({ at: '2026-01-01T00:00:02.000Z', value: 3.1 });
    expect(errors?.baseline[0]?.value).toBe(0.1);
    expect(latency?.candidate).toEqual([{ at: '2026-01-01T00:00:00.000Z', value: null }]);
  });

  it('says what each condition found last', async () => {
    const plan = await watched();
    const first = startWatch(plan, new Date(start).toISOString());
    const at = new Date(start + 5_000).toISOString();
    const { state } = advanceWatch(plan, first, { at, candidate: [], baseline: [] });
    const view = analysisView({ key: 'k', workflowId: 'w', input: { key: 'k', plan, target }, state, readings: {} });

    expect(view.reasons.map(({ subject }) => subject)).toContain('error_rate > 2%');
    expect(view.reasons[0]?.outcome).toBe('unknown');
  });

  it('has few points, the newest among them', async () => {
    const plan = await watched();
    const state = startWatch(plan, new Date(start).toISOString());
    const readings = {
      error_rate: {
        atMs: Array.from({ length: 1_000 }, (_, index) => start + index * 1000),
        values: Array(1_000).fill(0),
      },
    };
    const view = analysisView({ key: 'k', workflowId: 'w', input: { key: 'k', plan, target }, state, readings });
    const points = view.charts.find(({ metric }) => metric === 'error_rate')?.candidate ?? [];

    expect(points.length).toBeLessThanOrEqual(200);
    expect(points.at(-1)?.at).toBe(new Date(start + 999_000).toISOString());
  });

  it('belongs to the deployments of a run, and to what guards them', async () => {
    const watchers = watchersOf(statusOf(await examplePlan()));

    expect(watchers).toContain('deployment/framework0-production/shop/production/1.2.0');
    expect(watchers).toContain('guardian/framework0-production/shop/production/1.2.0');
  });
});
