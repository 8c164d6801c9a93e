import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describePrometheus } from '../activities/metrics/prometheus-server';
import { documentedMetrics } from '../support/documented-metrics';
import { metricsIn } from '../support/promql';
import { root } from './tools';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

const folder = join(root, 'deploy', 'grafana');
const dashboards = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): Dashboard => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.filter(({ type }) => type !== 'row'));
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** As Grafana fills in what only it knows. */
const filled = (expr: string) =>
  expr
    .replaceAll('$namespace', '.*')
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range_s', '86400')
    .replaceAll('$__range', '1d');

describe('the dashboards', () => {
  it('are what their code makes', () => {
    const check = spawnSync(process.execPath, [join(root, 'scripts', 'generate-dashboards.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(check).toMatchObject({ status: 0, stderr: '' });
  });

  it('are told apart by their uid, and each panel says what it shows', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      'framework0-deployments',
      'framework0-executive',
      'framework0-operations',
    ]);
    for (const { title, description, targets } of panels) {
      expect({ title, description, queries: targets?.length }).toEqual({
        title: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S{3}/),
        queries: expect.any(Number),
      });
    }
  });

  it('read metrics that are documented, or that our rules record', () => {
    const rules = parse(readFileSync(join(root, 'deploy', 'prometheus', 'framework0.rules.yml'), 'utf8')) as {
      groups: readonly { rules: readonly { record?: string }[] }[];
    };
    const recorded = rules.groups.flatMap((group) => group.rules.flatMap(({ record }) => record ?? []));
    const known = new Set([...documentedMetrics(), ...recorded]);

    expect(metricsIn('rate(a_total{x="b_total"}[5m]) / on (c) d:e:rate5m + 1.5')).toEqual(['a_total', 'd:e:rate5m']);
    expect(expressions.length).toBeGreaterThan(30);
    expect(expressions.flatMap((expr) => metricsIn(filled(expr)).filter((name) => !known.has(name)))).toEqual([]);
  });
});

describePrometheus('promtool', () => {
  it('parses every expression of every panel', () => {
    const temporary = mkdtempSync(join(tmpdir(), 'f0-dashboards-'));
    const check = (exprs: readonly string[]) => {
      const file = join(temporary, 'rules.yml');
      const rules = exprs.map((expr, index) => ({ record: `panel:${index}`, expr: filled(expr) }));
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      return { status, output: stdout + stderr };
    };
    const all = check(expressions);
    const broken = check(['sum(rate(x)']);
    rmSync(temporary, { recursive: true, force: true });

    expect(all).toEqual({ status: 0, output: expect.stringContaining(`${expressions.length} rules found`) });
    expect(broken.status).not.toBe(0);
  });
});
