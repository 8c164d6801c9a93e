import { builtinMetrics } from '../../src/analytics';
import { builtinMetricNames } from '../../src/definition/metrics';

describe('builtinMetricNames', () => {
  it('are those that the built-in analytics measures: documents that pass can be watched', () => {
    expect([...builtinMetricNames].sort()).toEqual([...builtinMetrics].sort());
  });
});
