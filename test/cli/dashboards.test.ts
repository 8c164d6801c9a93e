import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GrafanaServer, token } from '../activities/grafana/grafana-server';
import { f0 } from './harness';

let grafana: GrafanaServer;
let url: string;
beforeEach(async () => {
  grafana = new GrafanaServer();
  url = await grafana.start();
});
afterEach(() => grafana.stop());

const push = (argv: readonly string[] = [], env: Record<string, string> = { GRAFANA_TOKEN: token }) =>
  f0(['dashboards', 'push', '--url', url, ...argv], { env });
const states = (text: string) =>
  (JSON.parse(text) as { dashboards: { state: string }[] }).dashboards.map(({ state }) => state);

describe('f0 dashboards push', () => {
  it('makes the folder and the dashboards, and leaves alone what is so already', async () => {
    const first = await push(['--output', 'json']);
    const again = await push(['--output', 'json']);
    const text = await push();

    expect(first.stderr).toBe('');
    expect(states(first.stdout)).toEqual(['created', 'created', 'created']);
    expect(states(again.stdout)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(text.stdout).toMatch(/Framework0 \/ Operations +unchanged +\/d\/framework0-operations\/slug/);
    expect(grafana.folders).toEqual([{ uid: 'f1', title: 'Framework0' }]);
    expect([...grafana.dashboards.keys()]).toEqual([
      'framework0-deployments',
      'framework0-executive',
      'framework0-operations',
    ]);
    expect(
      [...grafana.dashboards.values()].every(
        ({ dashboard, folderUid }) => dashboard.version === 1 && folderUid === 'f1',
      ),
    ).toBe(true);
  });

  it('uses the folder of that title, and puts back what somebody has changed or moved', async () => {
    grafana.folders.push({ uid: 'other', title: 'Other' }, { uid: 'mine', title: 'Delivery' });
    await push(['--folder', 'Delivery']);
    const saved = grafana.dashboards.get('framework0-executive')!;
    grafana.dashboards.set('framework0-executive', {
      ...saved,
      dashboard: { ...saved.dashboard, title: 'mine', version: 7 },
    });
    grafana.dashboards.set('framework0-operations', {
      ...grafana.dashboards.get('framework0-operations')!,
      folderUid: 'other',
    });

    const answer = await push(['--folder', 'Delivery', '--output', 'json']);

    expect(states(answer.stdout)).toEqual(['unchanged', 'changed', 'changed']);
    expect(grafana.dashboards.get('framework0-executive')).toMatchObject({
      folderUid: 'mine',
      dashboard: { title: 'Framework0 / Executive', version: 8 },
    });
    expect(grafana.folders).toHaveLength(2);
  });

  it('overwrites nothing that somebody saves at the same moment', async () => {
    await push();
    const saved = grafana.dashboards.get('framework0-deployments')!;
    const change = (title: string, version: number) =>
      grafana.dashboards.set('framework0-deployments', { ...saved, dashboard: { ...saved.dashboard, title, version } });
    change('an edit', 2);
    grafana.meanwhile = () => change('another edit', 3);

    const answer = await push();

    expect(answer).toMatchObject({ code: 4, stderr: expect.stringContaining('push once more') });
    expect(grafana.dashboards.get('framework0-deployments')!.dashboard.title).toBe('another edit');
  });

  it.each([
    [401, 4, 'The token is not valid'],
    [403, 4, 'needs the role Editor'],
    [404, 1, 'Is this the address of Grafana?'],
    [500, 3, 'answered 500'],
    [302, 1, 'answered 302'],
  ])('says what a status of %d means', async (status, code, message) => {
    grafana.fault = { status, body: { message: 'because' } };

    const answer = await push();

    expect(answer).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(answer.stderr).toContain('because');
    expect(answer.stderr).not.toContain(token);
  });

  it('says what is no Grafana, where there is none, and which one is meant', async () => {
    grafana.fault = { body: '<html>' };
    const other = await push();
    const nobody = await f0(['dashboards', 'push', '--url', 'http://127.0.0.1:9'], { env: { GRAFANA_TOKEN: token } });
    const noUrl = await f0(['dashboards', 'push'], { env: { GRAFANA_TOKEN: token } });
    const badUrl = await f0(['dashboards', 'push', '--url', 'grafana'], { env: { GRAFANA_TOKEN: token } });

    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('is this its address?') });
    expect(nobody).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be reached: ECONNREFUSED') });
    expect(noUrl).toMatchObject({ code: 2, stderr: expect.stringContaining('GRAFANA_URL') });
    expect(badUrl).toMatchObject({ code: 1, stderr: expect.stringContaining('http://') });
  });

  it('takes the token from a secret, and never shows one that was given in its place', async () => {
    const named = await push(['--token', 'secret://env/OTHER'], { OTHER: token });
    const missing = await push([], {});
    const pasted = await push(['--token', token]);

    expect(named.code).toBe(0);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('GRAFANA_TOKEN') });
    expect(pasted.code).toBe(1);
    expect(`${pasted.stdout}${pasted.stderr}`).not.toContain(token);
  });

  it('sends the dashboards that are kept in the repository', async () => {
    await push();

    const kept = JSON.parse(readFileSync(join(__dirname, '../../deploy/grafana/operations.json'), 'utf8'));
    const { id: _id, version: _version, ...there } = grafana.dashboards.get('framework0-operations')!.dashboard;
    expect(there).toEqual(kept);
  });
});
