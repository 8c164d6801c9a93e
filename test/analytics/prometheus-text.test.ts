import { parsePrometheusText } from '../../src/analytics';

describe('the Prometheus text format', () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example
  const documented = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320
`;

  it('is read as its documentation shows it', () => {
    expect(parsePrometheusText(documented)).toEqual([
      { name: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027 },
      { name: 'http_requests_total', labels: { method: 'post', code: '400' }, value: 3 },
      {
        name: 'msdos_file_access_time_seconds',
        labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        value: 1458255915,
      },
      { name: 'metric_without_timestamp_and_labels', labels: {}, value: 12.47 },
      { name: 'something_weird', labels: { problem: 'division by zero' }, value: Infinity },
      { name: 'http_request_duration_seconds_bucket', labels: { le: '0.05' }, value: 24054 },
      { name: 'http_request_duration_seconds_bucket', labels: { le: '+Inf' }, value: 144320 },
      { name: 'http_request_duration_seconds_sum', labels: {}, value: 53423 },
      { name: 'http_request_duration_seconds_count', labels: {}, value: 144320 },
    ]);
  });

  it.each([
    { name: 'not a number', line: 'a NaN', sample: { name: 'a', labels: {}, value: Number.NaN } },
    { name: 'minus infinity', line: 'a -Inf', sample: { name: 'a', labels: {}, value: -Infinity } },
    { name: 'a comma after the last label', line: 'a{b="c",} 1', sample: { name: 'a', labels: { b: 'c' }, value: 1 } },
    {
      name: 'spaces around labels',
      line: 'a { b = "c" , d = "e" } 1',
      sample: { name: 'a', labels: { b: 'c', d: 'e' }, value: 1 },
    },
    { name: 'braces inside a label', line: 'a{b="}{"} 1', sample: { name: 'a', labels: { b: '}{' }, value: 1 } },
    { name: 'empty braces', line: 'a{} 1', sample: { name: 'a', labels: {}, value: 1 } },
    { name: 'a Windows line end', line: 'a 1\r', sample: { name: 'a', labels: {}, value: 1 } },
    {
      name: 'an exemplar of OpenMetrics',
      line: 'a_bucket{le="1"} 8 # {trace_id="x"} 0.5 1.5',
      sample: { name: 'a_bucket', labels: { le: '1' }, value: 8 },
    },
    { name: 'a time of OpenMetrics', line: 'a 1 1520879607.789', sample: { name: 'a', labels: {}, value: 1 } },
  ])('may have $name', ({ line, sample }) => {
    expect(parsePrometheusText(line)).toEqual([sample]);
  });

  it.each([
    { line: '<html>', expected: 'expected `name{label="value"} number`' },
    { line: 'a', expected: 'expected `name{label="value"} number`' },
    { line: 'a twelve', expected: 'expected `name{label="value"} number`' },
    { line: 'a{b=c} 1', expected: 'expected labels as `name="value"`' },
    { line: 'a{b="c" 1', expected: 'expected `name{label="value"} number`' },
  ])('is refused as a whole where a line is "$line"', ({ line, expected }) => {
    expect(() => parsePrometheusText(`ok 1\n${line}`)).toThrow(
      `line 2 of the metrics is not in Prometheus text format: ${expected}, found ${JSON.stringify(line)}`,
    );
  });

  it('takes a hostile line in no time', () => {
    const line = `a{${'b="c",'.repeat(20_000)}`;
    // Not the time on the clock, which others that keep the machine busy lengthen.
    const before = process.cpuUsage();

    expect(() => parsePrometheusText(line)).toThrow('line 1');
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
  });
});
