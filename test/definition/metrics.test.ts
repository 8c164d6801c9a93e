import { builtinMetrics } from '../../src/analytics';
import { metricNames } from '../../src/definition/metrics';

describe('metricNames', () => {
  it('are those that the built-in analytics measures: documents that pass can be watched', () => {
    expect([...metricNames].sort()).toEqual([...builtinMetrics].sort());
  });
});
