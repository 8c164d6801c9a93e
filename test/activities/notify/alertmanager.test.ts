import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAlertmanagerWebhook } from '../../../src/activities/notify';
import type { AlertFact } from '../../../src/contracts/alerting';
import { freePort } from '../../support/free-port';
import { until, waitFor } from '../../support/wait-for';
import { FakeVendor } from '../metrics/fake-vendor';
import { alertMessage, alertRig, endMessage } from './alert-support';
import { channel } from './support';

const command = 'prometheus-alertmanager';
const isThere = () => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function install(): boolean {
  if (isThere()) return true;
  const script = resolve(__dirname, '..', '..', '..', 'scripts', 'install-debian.sh');
  try {
    execFileSync('sh', [script, command], { stdio: 'inherit' });
  } catch {
    // It has said why.
  }
  return isThere();
}

const describeAlertmanager = install() ? describe : describe.skip;
if (describeAlertmanager === describe.skip) console.warn(`skipped: there is no ${command} command`);

describeAlertmanager('a real Alertmanager', () => {
  let url: string;
  let receiver: Server;
  let stop: () => Promise<void>;
  const received: AlertFact[] = [];

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push(...parseAlertmanagerWebhook(JSON.parse(body), 'other'));
      response.end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const folder = mkdtempSync(join(tmpdir(), 'f0-alertmanager-'));
    const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const config = {
      route: { receiver: 'hook', group_wait: '1s', group_interval: '1s', repeat_interval: '1h' },
      receivers: [{ name: 'hook', webhook_configs: [{ url: hook, send_resolved: true }] }],
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(config));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const server = spawn(
      command,
      [
        `--config.file=${folder}/alertmanager.yml`,
        `--storage.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    stop = async () => {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    };
    await waitFor('Alertmanager to be ready', async () => (await fetch(`${url}/-/ready`)).ok);
  });
  afterAll(async () => {
    await stop();
    receiver.closeAllConnections();
    receiver.close();
  });

  it('takes an alert and its end, and its webhook is read as the same alert', async () => {
    const plan = channel({ type: 'alertmanager', url });
    // By the clock of the server: what ended long ago is no alert to it.
    const at = new Date().toISOString();
    const [line] = alertMessage().alerts.map((alert) => ({ ...alert, startedAt: at }));
    if (!line) throw new Error('no line');

    await alertRig().send(alertMessage({ channel: plan, alerts: [line], at }));
    const held = (await (await fetch(`${url}/api/v2/alerts`)).json()) as { labels: Record<string, string> }[];
    expect(held).toMatchObject([
      { labels: { ...line.labels, severity: 'warning' }, annotations: { summary: 'error_rate is 7%' } },
    ]);
    await until(
      () => [...received],
      (seen) => seen.length >= 1,
    );
    expect(received[0]).toMatchObject({
      fingerprint: line.fingerprint,
      state: 'firing',
      name: line.name,
      severity: 'warning',
    });

    const over = { ...line, state: 'resolved' as const, endedAt: new Date().toISOString() };
    await alertRig().send(endMessage({ channel: plan, alerts: [over] }));
    const seen = await until(
      () => [...received],
      (all) => all.some(({ state }) => state === 'resolved'),
    );
    expect(seen.at(-1)).toMatchObject({ fingerprint: line.fingerprint, state: 'resolved' });
  });

  it('refuses an alert without labels, and the failure says so', async () => {
    const [line] = alertMessage().alerts;
    if (!line) throw new Error('no line');
    const alerts = [{ ...line, labels: { 'not a label': 'x' } }];

    await expect(
      alertRig().send(alertMessage({ channel: channel({ type: 'alertmanager', url }), alerts })),
    ).rejects.toMatchObject({
      type: 'InvalidInput',
    });
  });
});

describe('the Alertmanager channel', () => {
  it.each([
    [
      { status: 429, headers: { 'retry-after': '9' }, body: {} },
      { type: 'RateLimited', nextRetryDelay: '9s' },
    ],
    [{ status: 503, body: {} }, { type: 'Unavailable' }],
    [{ status: 401, body: {} }, { type: 'PermissionDenied' }],
    ['hang' as const, { type: 'Timeout' }],
  ])('takes %j as %j', async (fault, failure) => {
    const server = new FakeVendor(() => ({ body: {} }));
    const plan = channel({ type: 'alertmanager', url: `${await server.start()}/prefix/`, secret: 'secret://env/AUTH' });
    server.fault = fault;

    // Also the request that is never answered has to arrive.
    const rig = alertRig({ AUTH: 'user:password' }, fault === 'hang' ? 2 : 20);
    await expect(rig.send(alertMessage({ channel: plan }))).rejects.toMatchObject(failure);

    expect(server.requests[0]?.url.pathname).toBe('/prefix/api/v2/alerts');
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:password').toString('base64')}`);
    await server.stop();
  });
});

describe("the reader of Alertmanager's webhook", () => {
  it.each([null, [], {}, { version: '4', alerts: [{ status: 'lost' }] }, 'text'])('refuses %j', (body) => {
    expect(() => parseAlertmanagerWebhook(body, 'team')).toThrow(expect.objectContaining({ type: 'InvalidInput' }));
  });
});
