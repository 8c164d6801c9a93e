import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describePrometheus } from '../activities/metrics/prometheus-server';
import { documentedMetrics } from '../support/documented-metrics';
import { metricsIn } from '../support/promql';
import { chart, root } from './tools';

const rules = join(root, 'deploy', 'prometheus', 'framework0.rules.yml');

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] };
const all = groups.flatMap((group) => group.rules);

function promtool(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('the rules for Prometheus', () => {
  it('are the ones that the chart ships', () => {
    const shipped = readFileSync(join(chart, 'files', 'framework0.rules.yml'), 'utf8');
    expect(shipped).toBe(readFileSync(rules, 'utf8'));
  });

  it('stand on metrics that are documented, or that other rules record', () => {
    const known = new Set([
      ...documentedMetrics(),
      ...all.flatMap(({ record }) => record ?? []),
      'http_requests_total',
      'app:slo_error_budget_own:ratio',
    ]);
    const unknown = all.flatMap(({ expr }) => metricsIn(expr).filter((name) => !known.has(name)));
    expect(unknown).toEqual([]);
  });

  it('say how bad it is, what it is and what to do', () => {
    for (const { alert, labels, annotations } of all.filter((rule) => rule.alert !== undefined)) {
      expect({ alert, severity: labels?.severity }).toEqual({
        alert,
        severity: expect.stringMatching(/^(warning|critical)$/),
      });
      expect(annotations).toEqual({ summary: expect.any(String), description: expect.any(String) });
    }
  });
});

describePrometheus('promtool', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'f0-rules-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('accepts every rule', () => {
    const { status, output } = promtool('check', 'rules', rules);
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining(`SUCCESS: ${all.length} rules found`),
    });
  });

  it('finds that alerts fire when they should, and not otherwise', () => {
    const tests = join(folder, 'rules.test.yml');
    writeFileSync(tests, readFileSync(join(__dirname, 'prometheus', 'rules.test.yml'), 'utf8').replace('RULES', rules));
    const { status, output } = promtool('test', 'rules', tests);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  });

  it('would find an alert that does not fire', () => {
    const tests = join(folder, 'broken.test.yml');
    const text = readFileSync(join(__dirname, 'prometheus', 'rules.test.yml'), 'utf8');
    writeFileSync(tests, text.replace('RULES', rules).replaceAll('0x10', '1x10'));
    expect(promtool('test', 'rules', tests).status).not.toBe(0);
  });
});
