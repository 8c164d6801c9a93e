import { builtinMetrics, ReleaseSeries } from '../../src/analytics';

const appMetrics = {
  path: '/metrics',
  requests: 'http_requests_total',
  statusLabel: 'status',
  duration: 'http_request_duration_seconds',
};
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 5) + seconds * 1000).toISOString();

interface Counters {
  readonly ok?: number;
  readonly failed?: number;
  /** Observations at most 0.1 s, 1 s, and all. */
  readonly buckets?: readonly [number, number, number];
  readonly process?: string;
}

function scrape({ ok, failed, buckets, process = '' }: Counters): string {
  const lines = [
    ok === undefined ? '' : `http_requests_total{status="200"} ${ok}`,
    failed === undefined ? '' : `http_requests_total{status="503"} ${failed}`,
  ];
  for (const [index, le] of ['0.1', '1', '+Inf'].entries()) {
    if (buckets) lines.push(`http_request_duration_seconds_bucket{le="${le}"} ${buckets[index]}`);
  }
  return [...lines, process].join('\n');
}

describe('the series of a release', () => {
  let series: ReleaseSeries;
  beforeEach(() => {
    series = new ReleaseSeries(appMetrics);
  });

  it('reads every metric of one replica', () => {
    const start = 'process_cpu_seconds_total 5\nprocess_resident_memory_bytes 1000';
    const end = 'process_cpu_seconds_total 8\nprocess_resident_memory_bytes 3000';
    series.add(at(0), 'a', scrape({ ok: 100, failed: 0, buckets: [50, 100, 100], process: start }));
    series.add(at(10), 'a', scrape({ ok: 190, failed: 10, buckets: [100, 200, 200], process: end }));

    const readings = Object.fromEntries(builtinMetrics.map((metric) => [metric, series.reading(metric, 60).value]));

    expect(readings).toEqual({
      error_rate: 0.1,
      latency_p50: 0.1,
      latency_p95: expect.closeTo(0.91, 9),
      latency_p99: expect.closeTo(0.982, 9),
      throughput: 10,
      cpu: 0.3,
      memory: 3000,
    });
    expect(series.reading('error_rate', 60).samples).toBe(100);
  });

  it('adds replicas up, each from its own counters', () => {
    series.add(at(0), 'a', scrape({ ok: 1000, failed: 0 }));
    series.add(at(1), 'b', scrape({ ok: 0, failed: 0 }));
    series.add(at(10), 'a', scrape({ ok: 1060, failed: 0 }));
    series.add(at(11), 'b', scrape({ ok: 20, failed: 20 }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0.2, samples: 100 });
  });

  it('sees no peak and no dip when a replica restarts', () => {
    series.add(at(0), 'a', scrape({ ok: 5000, failed: 50 }));
    series.add(at(10), 'a', scrape({ ok: 30, failed: 10 }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0.25, samples: 40 });
  });

  it('knows a restart by one counter for all, even where another has overtaken', () => {
    series.add(at(0), 'a', scrape({ ok: 10, failed: 50 }));
    series.add(at(10), 'a', scrape({ ok: 30, failed: 10 }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0.25, samples: 40 });
  });

  it('knows a restart by the start time, where every counter has overtaken', () => {
    series.add(at(0), 'a', scrape({ ok: 10, failed: 0, process: 'process_start_time_seconds 100' }));
    series.add(at(10), 'a', scrape({ ok: 30, failed: 10, process: 'process_start_time_seconds 200' }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0.25, samples: 40 });
  });

  it('goes on when one replica replaces another', () => {
    series.add(at(0), 'a', scrape({ ok: 9000, failed: 0 }));
    series.add(at(10), 'a', scrape({ ok: 9050, failed: 0 }));
    series.add(at(12), 'b', scrape({ ok: 700, failed: 700 }));
    series.add(at(22), 'b', scrape({ ok: 750, failed: 700 }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0, samples: 100 });
  });

  it('counts a status that shows up late from zero', () => {
    series.add(at(0), 'a', scrape({ ok: 100 }));
    series.add(at(10), 'a', scrape({ ok: 195, failed: 5 }));

    expect(series.reading('error_rate', 60)).toMatchObject({ value: 0.05, samples: 100 });
  });

  it('looks at the window alone', () => {
    series.add(at(0), 'a', scrape({ ok: 0, failed: 0 }));
    series.add(at(10), 'a', scrape({ ok: 0, failed: 100 }));
    series.add(at(20), 'a', scrape({ ok: 100, failed: 100 }));

    expect(series.reading('error_rate', 10)).toMatchObject({ value: 0, samples: 100 });
    expect(series.reading('error_rate', 10, at(10))).toMatchObject({ value: 1, samples: 100 });
    expect(series.reading('error_rate', 20)).toMatchObject({ value: 0.5, samples: 200 });
  });

  it('answers a window a little shorter than the time between scrapes, and no shorter one', () => {
    series.add(at(0), 'a', scrape({ ok: 0, failed: 0 }));
    series.add(at(10), 'a', scrape({ ok: 95, failed: 5 }));

    expect(series.reading('error_rate', 9)).toMatchObject({ value: 0.05, samples: 100 });
    expect(series.reading('error_rate', 9, at(12)).value).toBe(0.05);
    expect(series.reading('error_rate', 9, at(18)).value).toBeNull();
    expect(series.reading('error_rate', 1)).toMatchObject({ value: null, failed: true });
  });

  it('says that there were no requests', () => {
    series.add(at(0), 'a', scrape({ ok: 7, buckets: [7, 7, 7] }));
    series.add(at(10), 'a', scrape({ ok: 7, buckets: [7, 7, 7] }));

    const reason = 'there were no requests in 60 s (http_requests_total did not grow)';
    expect(series.reading('error_rate', 60)).toEqual({
      metric: 'error_rate',
      windowSeconds: 60,
      value: null,
      samples: 0,
      reason,
    });
    expect(series.reading('latency_p95', 60)).toMatchObject({ value: null, reason });
    expect(series.reading('throughput', 60)).toMatchObject({ value: 0 });
  });

  it('says that it could not be measured', () => {
    series.add(at(0), 'a', scrape({ ok: 7 }));

    expect(series.reading('error_rate', 60)).toMatchObject({
      value: null,
      failed: true,
      reason: 'there were no two scrapes close enough for a window of 60 s',
    });
  });

  it('names the metric that the app does not serve', () => {
    series.add(at(0), 'a', scrape({ ok: 7 }));
    series.add(at(10), 'a', scrape({ ok: 17 }));

    expect(series.reading('cpu', 60).reason).toBe('the app does not serve process_cpu_seconds_total');
    expect(series.reading('memory', 60).reason).toBe('the app does not serve process_resident_memory_bytes');
    expect(series.reading('latency_p95', 60).reason).toBe('http_request_duration_seconds has no observations in 60 s');
  });

  it('keeps nothing of a scrape that it cannot read', () => {
    series.add(at(0), 'a', scrape({ ok: 0 }));

    expect(() => series.add(at(5), 'a', 'http_requests_total{status="200"} 5\n<html>')).toThrow('line 2');
    series.add(at(10), 'a', scrape({ ok: 10 }));
    expect(series.reading('throughput', 60).value).toBe(1);
  });

  it('ignores a scrape that comes twice or late', () => {
    series.add(at(0), 'a', scrape({ ok: 0 }));
    series.add(at(10), 'a', scrape({ ok: 10 }));
    series.add(at(10), 'a', scrape({ ok: 10 }));
    series.add(at(5), 'a', scrape({ ok: 4 }));

    expect(series.reading('throughput', 60)).toMatchObject({ value: 1, samples: 10 });
  });

  it('forgets what is older than it was told to keep', () => {
    const short = new ReleaseSeries(appMetrics, { retainSeconds: 100 });
    for (let second = 0; second <= 1000; second += 1) short.add(at(second), 'a', scrape({ ok: second }));

    expect(short.reading('throughput', 1000).samples).toBeLessThan(200);
    expect(short.reading('throughput', 100).samples).toBe(100);
  });
});
