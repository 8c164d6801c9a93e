import { evaluateCondition, type MetricReading } from '../../src/analytics';
import { condition } from './support';

const options = { windowSeconds: 60, minRequests: 20 };
const reading = (changes: Partial<MetricReading> = {}): MetricReading => ({
  metric: 'error_rate',
  windowSeconds: 60,
  value: 0.051,
  samples: 412,
  ...changes,
});

describe('a condition', () => {
  it.each([
    {
      text: 'error_rate > 2%',
      outcome: 'true',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), above the limit of 2%',
    },
    {
      text: 'error_rate < 1%',
      outcome: 'false',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), above the limit of 1%',
    },
    {
      text: 'error_rate <= 5.1%',
      outcome: 'true',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), exactly at the limit of 5.1%',
    },
    {
      text: 'error_rate >= 10%',
      outcome: 'false',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), below the limit of 10%',
    },
    {
      text: 'error_rate == 5.1%',
      outcome: 'true',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), exactly at the limit of 5.1%',
    },
    {
      text: 'error_rate != 5.1%',
      outcome: 'false',
      message: 'error_rate was 5.1% (over 60 s, 412 requests), exactly at the limit of 5.1%',
    },
  ])('$text is $outcome', ({ text, outcome, message }) => {
    expect(evaluateCondition(condition(text), [reading()], options)).toEqual({
      outcome,
      message,
      observed: 0.051,
      failed: false,
    });
  });

  it.each([
    {
      text: 'latency > 1.5s',
      metric: 'latency_p95',
      value: 1.9234,
      figures: 'latency_p95 was 1.92 s (over 60 s, 412 requests), above the limit of 1.5 s',
    },
    {
      text: 'latency_p99 < 250ms',
      metric: 'latency_p99',
      value: 0.0418,
      figures: 'latency_p99 was 41.8 ms (over 60 s, 412 requests), below the limit of 250 ms',
    },
    {
      text: 'memory > 1GiB',
      metric: 'memory',
      value: 1.5 * 1024 ** 3,
      figures: 'memory was 1.5 GiB (over 60 s), above the limit of 1 GiB',
    },
    {
      text: 'throughput < 10rps',
      metric: 'throughput',
      value: 0,
      figures: 'throughput was 0 rps (over 60 s), below the limit of 10 rps',
    },
    {
      text: 'queue_depth > 1000',
      metric: 'queue_depth',
      value: 123456,
      figures: 'queue_depth was 123456 (over 60 s), above the limit of 1000',
    },
    {
      text: 'latency > 2m',
      metric: 'latency_p95',
      value: 150,
      figures: 'latency_p95 was 2.5 min (over 60 s, 412 requests), above the limit of 2 min',
    },
  ])('prints its figures in its own unit: $text', ({ text, metric, value, figures }) => {
    expect(evaluateCondition(condition(text), [reading({ metric, value })], options).message).toBe(figures);
  });

  it('prints as many digits as it takes to tell figure and limit apart', () => {
    const { message } = evaluateCondition(condition('error_rate > 2%'), [reading({ value: 0.020004 })], options);

    expect(message).toBe('error_rate was 2.0004% (over 60 s, 412 requests), above the limit of 2%');
  });

  it('looks at its own window', () => {
    const short = reading({ windowSeconds: 10, value: 0.3 });

    const { observed } = evaluateCondition(condition('error_rate > 2% over 10s'), [reading(), short], options);

    expect(observed).toBe(0.3);
  });

  it.each([
    {
      name: 'fewer requests than it takes',
      given: reading({ samples: 3 }),
      why: '3 requests in 60 s, fewer than the 20 that it takes',
      failed: false,
    },
    {
      name: 'no value',
      given: reading({ value: null, samples: 0, reason: 'there were no requests' }),
      why: 'there were no requests',
      failed: false,
    },
    {
      name: 'a source that fails',
      given: reading({ value: null, reason: 'connection refused', failed: true }),
      why: 'connection refused',
      failed: true,
    },
    {
      name: 'a value that is no number',
      given: reading({ value: Number.NaN }),
      why: 'the source has no value',
      failed: false,
    },
    {
      name: 'no reading of its window',
      given: reading({ windowSeconds: 30 }),
      why: 'the source gave no reading',
      failed: true,
    },
  ])('is unknown with $name', ({ given, why, failed }) => {
    expect(evaluateCondition(condition('error_rate > 2%'), [given], options)).toEqual({
      outcome: 'unknown',
      message: `error_rate is unknown: ${why}`,
      observed: null,
      failed,
    });
  });

  it('needs no requests for figures that are not about requests', () => {
    const idle = reading({ metric: 'throughput', value: 0, samples: 0 });

    expect(evaluateCondition(condition('throughput < 1rps'), [idle], options).outcome).toBe('true');
  });

  it('is unknown while one failed request alone stands above the limit', () => {
    const text = condition('error_rate > 2%');

    const one = evaluateCondition(text, [reading({ value: 1 / 25, samples: 25 })], options);
    const two = evaluateCondition(text, [reading({ value: 2 / 50, samples: 50 })], options);
    const oneOfMany = evaluateCondition(text, [reading({ value: 1 / 100, samples: 100 })], options);

    expect(one).toMatchObject({ outcome: 'unknown', failed: false });
    expect(one.message).toBe('error_rate is unknown: one failed request among 25 decides nothing');
    expect([two.outcome, oneOfMany.outcome]).toEqual(['true', 'false']);
  });
});
