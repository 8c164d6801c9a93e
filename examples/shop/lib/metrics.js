'use strict';

/** Upper bounds in seconds; dense around what users start to notice. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10];

/** Requests and their durations, in the Prometheus text format. */
function createMetrics() {
  const requests = new Map();
  const buckets = bounds.map(() => 0);
  let count = 0;
  let sum = 0;

  return {
    observe(status, seconds) {
      requests.set(status, (requests.get(status) ?? 0) + 1);
      count += 1;
      sum += seconds;
      for (let index = bounds.length - 1; index >= 0 && seconds <= bounds[index]; index -= 1) buckets[index] += 1;
    },

    text() {
      return [
        '# HELP http_requests_total Requests that were answered, by status.',
        '# TYPE http_requests_total counter',
        ...[...requests].map(([status, value]) => `http_requests_total{status="${status}"} ${value}`),
        '# HELP http_request_duration_seconds Time from request to answer.',
        '# TYPE http_request_duration_seconds histogram',
        ...bounds.map((bound, index) => `http_request_duration_seconds_bucket{le="${bound}"} ${buckets[index]}`),
        `http_request_duration_seconds_bucket{le="+Inf"} ${count}`,
        `http_request_duration_seconds_sum ${sum}`,
        `http_request_duration_seconds_count ${count}`,
        '',
      ].join('\n');
    },
  };
}

module.exports = { createMetrics };
