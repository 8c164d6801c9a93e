import picocolors from 'picocolors';
import { waterfallText } from '../../../src/cli/view/waterfall';
import type { RunTrace, TraceSpan } from '../../../src/client';

const colours = picocolors.createColors(false);
const second = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
const now = Date.UTC(2026, 0, 1) + 100_000;

function span(name: string, from: number, to: number | null, change: Partial<TraceSpan> = {}): TraceSpan {
  return {
    kind: 'activity',
    name,
    summary: '',
    outcome: to === null ? 'running' : 'completed',
    scheduledAt: second(from),
    startedAt: second(from),
    endedAt: to === null ? null : second(to),
    attempts: 1,
    failure: null,
    workflowId: null,
    runId: null,
    children: [],
    ...change,
  };
}

const trace = (children: readonly TraceSpan[], change: Partial<TraceSpan> = {}): RunTrace => ({
  traceId: null,
  root: span('pipeline', 0, 100, { kind: 'workflow', workflowId: 'pipeline/a/shop/1', children, ...change }),
});

const lines = (given: RunTrace, columns = 100) => waterfallText(given, { colours, columns, now }).split('\n');
const barOf = (line: string | undefined) => line?.replace(/^[^░█◆]*(?<= )(?=[░█◆ ])/, '') ?? '';

describe('the waterfall', () => {
  it('has a line for each span, and its bar where its time was', () => {
    const [head, , root, build, deploy, weight] = lines(
      trace([
        span('buildArtifact', 0, 50),
        span('deployment', 50, 100, {
          kind: 'workflow',
          children: [span('shiftTraffic', 75, 100, { summary: 'to 50 %' })],
        }),
      ]),
    );

    expect(head).toContain('pipeline/a/shop/1');
    expect(head).toContain('1 min 40 s');
    expect(root).toMatch(/^✔ pipeline +█+ 1 min 40 s$/);
    expect(build).toMatch(/^├─✔ buildArtifact +█+ +50 s$/);
    expect(deploy).toMatch(/^└─✔ deployment +█+ 50 s$/);
    expect(weight).toMatch(/^ {2}└─✔ shiftTraffic: to 50 % +█+ 25 s$/);
    const column = (line: string | undefined) => line?.indexOf('█') ?? -1;
    expect(column(build)).toBe(column(root));
    expect(column(weight)).toBeGreaterThan(column(deploy));
    const width = (line: string | undefined) => (line?.match(/█/g) ?? []).length;
    expect(width(root)).toBe(2 * width(build));
  });

  it('tells waiting from work', () => {
    const [, , , waited, still] = lines(
      trace([
        span('late', 0, 100, { startedAt: second(50) }),
        span('never', 50, null, { startedAt: null, attempts: 0 }),
      ]),
    );

    expect(barOf(waited)).toMatch(/░+█+/);
    expect(still).toContain('░');
    expect(still).not.toContain('█');
  });

  it('says how often and why, on a line of its own and in one', () => {
    const text = lines(trace([span('notify', 0, 100, { outcome: 'failed', attempts: 3, failure: 'it said:\n  no' })]));

    expect(text[3]).toMatch(/✖ notify .* ×3$/);
    expect(text[4]).toContain('it said: no');
  });

  it('shows messages as what takes no time, and cuts what runs at now', () => {
    const text = lines(
      trace([span('decide', 50, 50, { kind: 'update' }), span('analyze', 50, null)], {
        outcome: 'running',
        endedAt: null,
      }),
    );

    expect(text[3]).toMatch(/decide +◆$/);
    expect(text[4]).toMatch(/● analyze +█+ 50 s$/);
  });

  it('keeps within the terminal, whatever names are called', () => {
    const long = trace([span('x'.repeat(300), 0, 100), span('end', 99.999, 100)]);
    for (const columns of [80, 100, 200]) {
      expect(Math.max(...lines(long, columns).map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
    expect(lines(long).at(-1)).toContain('█');
  });

  it('names the trace of OpenTelemetry where there is one', () => {
    expect(lines({ ...trace([]), traceId: 'abc' })[1]).toBe('trace abc');
    expect(lines(trace([])).join('\n')).not.toContain('trace ');
  });
});
