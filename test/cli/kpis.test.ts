import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../src/activities/audit';
import { openDatabase } from '../../src/database';
import { homeOf } from '../../src/embedded/home';
import { entriesOf, epoch, hourMs } from '../analytics/kpis/support';
import { f0 } from './harness';

const root = mkdtempSync(join(tmpdir(), 'f0-kpis-'));
const home = homeOf({}, join(root, 'home'));
const options = { env: { F0_HOME: home.root, F0_CACHE: join(root, 'cache') }, cwd: root };

const platform = `apiVersion: framework0.io/v1
kind: ProductionPlatform
metadata: { name: main }
spec:
  clusters: { '*': { type: local } }
  metric_sources: { prom: { type: prometheus, url: 'http://127.0.0.1:9' } }
  delivery: { targets: { lead_time: 1h } }
  slos:
    - { name: checkout, environment: production, objective: 99.9%, metric_source: prom, good: 'g[{{window}}]', total: 't[{{window}}]' }
`;

beforeAll(async () => {
  const startedAt = Date.now() - epoch - 3 * hourMs;
  const database = await openDatabase({ folder: home.database });
  await createAuditLog(database).append(entriesOf({ release: '1.0.0', startedAt, endedAt: startedAt + 2 * hourMs }));
  await database.close();
  writeFileSync(join(root, 'platform.yaml'), platform);
  writeFileSync(join(root, 'faulty.yaml'), platform.replace('metric_source: prom', 'metric_source: prim'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('f0 platform', () => {
  it('shows faults at their lines, and applies nothing then', async () => {
    const { code, stderr } = await f0(['platform', 'apply', 'faulty.yaml'], options);
    const json = await f0(['platform', 'apply', 'faulty.yaml', '--output', 'json'], options);
    const list = await f0(['platform', 'list', '--output', 'json'], options);

    expect([code, json.code]).toEqual([1, 1]);
    expect(stderr).toContain('faulty.yaml:9:');
    expect(stderr).toContain('the platform has no metric source "prim"');
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, errors: [{ suggestion: 'prom' }] });
    expect(JSON.parse(list.stdout)).toEqual({ platforms: [] });
  });

  it('applies a platform, which stays', async () => {
    const applied = await f0(['platform', 'apply', 'platform.yaml', '--as', 'ann'], options);
    const list = await f0(['platform', 'list'], options);

    expect(applied).toMatchObject({ code: 0, stdout: 'Platform main serves namespace default from now on.\n' });
    expect(list.stdout).toMatch(/default\s+main\s+\S+ \S+\s+ann/);
  });
});

describe('f0 kpis', () => {
  it('prints figures with target and band, and why some are not known', async () => {
    const { code, stdout } = await f0(['kpis', '--days', '7'], options);

    expect(code).toBe(0);
    expect(stdout).toMatch(/Deployment frequency\s+0.143 a day\s+high/);
    expect(stdout).toMatch(/Lead time for changes\s+2 h\s+<= 1 h missed\s+elite/);
    expect(stdout).toMatch(/Change failure rate\s+0 %\s+elite/);
    expect(stdout).toMatch(/Approval wait\s+-\n/);
    expect(stdout).toMatch(/checkout in production\s+99.9 % over 30 d\s+-\s+-\n/);
    expect(stdout).toContain('checkout: no process that asks metric sources is at work');
  });

  it('answers as JSON with the report itself', async () => {
    const { stdout } = await f0(['kpis', '--output', 'json', '--namespace', 'team', '--workflow', 'shop'], options);

    expect(JSON.parse(stdout)).toMatchObject({
      namespace: 'team',
      delivery: [
        { name: 'deployment_frequency', value: 1 / 30 },
        { name: 'lead_time', value: 7_200, target: 3_600 },
        {},
        {},
        {},
        {},
        {},
        {},
      ],
    });
  });

  it('takes whole days up to a year', async () => {
    const codes = await Promise.all(
      ['0', '367', '1.5', 'x'].map(async (days) => (await f0(['kpis', '--days', days], options)).code),
    );

    expect(codes).toEqual([2, 2, 2, 2]);
  });
});
