import {
  type Aggregation,
  type Point,
  requestsOfWindow,
  valueOfWindow,
  weigh,
} from '../../../src/activities/metrics/window';

const points = (...values: (number | null)[]): Point[] =>
  values.flatMap((value, index) => (value === null ? [] : [{ atMs: index * 10_000, value }]));

function value(aggregation: Aggregation, figures: Point[], requests: Point[] = [], windowSeconds = 30) {
  return valueOfWindow({
    aggregation,
    points: figures,
    requests: weigh(figures, requests),
    toMs: 50_000,
    windowSeconds,
  });
}

describe('valueOfWindow', () => {
  it.each([
    ['sum', 15],
    ['per_second', 0.5],
    ['mean', 5],
    ['max', 6],
  ] as const)('takes the points of the window together: %s', (aggregation, expected) => {
    expect(value(aggregation, points(100, 100, 100, 4, 5, 6, 100))).toBe(expected);
  });

  it('knows nothing without points, or without requests to weigh by', () => {
    expect(value('mean', points(1))).toBeNull();
    expect(value('mean_by_requests', points(1, 1, 1, 1, 1, 1))).toBeNull();
    expect(value('mean_by_requests', [], points(1, 1, 1, 1, 1, 1))).toBeNull();
    expect(value('mean_by_requests', points(1, 1, 1, 1, 1, 1), points(0, 0, 0, 0, 0, 0))).toBeNull();
  });

  it('weighs by requests', () => {
    const requests = points(9, 9, 9, 98, 1, 1);

    expect(value('mean_by_requests', points(0, 0, 0, 0, 1, 1), requests)).toBeCloseTo(0.02, 12);
  });

  it('takes the requests that are counted as the share of all, and none for no share', () => {
    const requests = points(9, 9, 9, 50, 25, 25);

    expect(value('share_of_requests', points(9, 9, 9, 2, 0, null), requests)).toBeCloseTo(0.02, 12);
    expect(value('share_of_requests', [], requests)).toBe(0);
    expect(value('share_of_requests', points(1, 1, 1, 1, 1, 1), [])).toBeNull();
  });

  it('is partial when the figures are of less than half of the requests', () => {
    const figures = points(0, 0, 0, null, 0, 0);

    expect(value('mean_by_requests', figures, points(1, 1, 1, 3, 1, 1))).toBe('partial');
    expect(value('mean_by_requests', figures, points(1, 1, 1, 2, 1, 1))).toBe(0);
  });

  it('lets a figure of a longer stretch speak for all requests in it', () => {
    const rolledUp: Point[] = [
      { atMs: 0, value: 0.1 },
      { atMs: 30_000, value: 0.2 },
    ];

    expect(value('mean_by_requests', rolledUp, points(5, 5, 5, 5, 5, 5), 60)).toBeCloseTo(0.15, 12);
  });

  it('lets a lone figure speak for its own time only', () => {
    expect(value('mean_by_requests', points(null, null, null, 0), points(1, 1, 1, 1, 1, 1))).toBe('partial');
  });

  it('counts the requests of the window, and not of its first instant', () => {
    const requests = weigh([], points(1, 2, 4, 8, 16, 32));

    expect(requestsOfWindow({ aggregation: 'mean', points: [], requests, toMs: 50_000, windowSeconds: 30 })).toBe(56);
  });
});
