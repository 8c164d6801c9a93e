import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { AuditRow } from '../../src/activities/audit';
import type { ApprovalInbox, AuditPage, Session } from '../../src/console/api';
import type { SystemState } from '../../src/embedded/system-state';
import { freePort } from '../support/free-port';
import { HttpBrowser } from '../support/http-browser';
import { clientSecret, type OidcProvider, startOidcProvider } from '../support/oidc-provider';
import { until } from '../support/wait-for';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

describe('the console of `f0 up`, where people sign in by their identity provider', () => {
  const system = new TestSystem();
  const path = (name: string) => join(system.home, name);
  let provider: OidcProvider;
  let alice: HttpBrowser;
  let run: string;

  beforeAll(async () => {
    const { source } = new TinyApp(path('app'));
    const document = tinyPipeline(path('pipeline.yaml'), 'proven', { environment: { approval_required: true } });
    const key = await system.json<{ publicKey: string }>(['keys', 'create', '--file', path('key.pem'), '--id', 'desk']);
    const port = await freePort();
    writeFileSync(path('platform.yaml'), platformText(`http://127.0.0.1:${port}`, key.publicKey));
    await system.up(['--platform', path('platform.yaml')], {
      F0_SIGNING_KEY_FILE: path('key.pem'),
      F0_SIGNING_KEY_ID: 'desk',
      OIDC_CLIENT_SECRET: clientSecret,
    });
    provider = await startOidcProvider(port, `${system.consoleUrl()}/api/v1/session/oidc/callback`);
    run = await system.run(document, '1.0.0', '--app', source, '--platform', path('platform.yaml'));
    await until(
      () => system.status(run),
      ({ awaiting }) => awaiting.length > 0,
    );
    alice = new HttpBrowser(system.consoleUrl());
  }, 120_000);
  afterAll(async () => {
    await provider?.stop();
    await system.dispose();
  }, 120_000);

  const audited = async (action: string): Promise<readonly AuditRow[]> =>
    (await alice.get<AuditPage>(`/api/v1/audit?action=${action}`)).entries;
  const inboxOf = (browser: HttpBrowser) => browser.get<ApprovalInbox>('/api/v1/approvals');
  const approve = async (browser: HttpBrowser) => {
    const [item] = (await inboxOf(browser)).approvals;
    const { stage = '', gate = '', subject = '' } = item?.asked ?? {};
    const decision = { stage, gate, subject, verdict: 'approve', reason: 'seen' };
    return browser.post(`/api/v1/runs/${encodeURIComponent(run)}/decisions`, decision);
  };

  it('shows its page to who comes back from there, with the role that their group has', async () => {
    const page = await alice.signIn('alice');
    const { user } = await alice.get<Session>('/api/v1/session');

    expect(page).toMatchObject({ url: `${system.consoleUrl()}/`, status: 200 });
    expect(page.body).toContain('<div id="root">');
    expect(user).toEqual({ name: 'alice', displayName: 'The alice', role: 'approver' });
  });

  it('does not let in who has no role here', async () => {
    const { status, body } = await new HttpBrowser(system.consoleUrl()).signIn('mallory');

    expect(status).toBe(401);
    expect(body).toContain('mallory has no role here');
  });

  it('shows a viewer what waits, and lets them decide nothing', async () => {
    const vera = new HttpBrowser(system.consoleUrl());
    await vera.signIn('vera');
    // Of Temporal's index, which learns of the question after the run has asked it.
    const { approvals } = await until(
      () => inboxOf(vera),
      (inbox) => inbox.approvals.length > 0,
    );
    const { status, body } = await approve(vera);

    expect(approvals).toMatchObject([{ runId: run, refusal: expect.stringContaining('needs the role approver') }]);
    expect(status).toBe(403);
    expect(body).toContain('vera is viewer; this needs the role approver');
    expect((await system.status(run)).awaiting).toHaveLength(1);
  });

  it('has on record that an Update without a signature was refused, which somebody sent straight to Temporal', async () => {
    const { temporal } = JSON.parse(readFileSync(path('system.json'), 'utf8')) as SystemState;
    const connection = await Connection.connect({ address: temporal.address });
    const client = new Client({ connection, namespace: temporal.namespace });
    const decision = { stage: 'deploy', verdict: 'approve', by: { name: 'alice', source: 'oidc' }, reason: 'seen' };

    const refused = await client.workflow
      .getHandle(run)
      .executeUpdate('decide', { args: [decision] })
      .catch((error) => error.cause);
    await connection.close();
    const [row] = await until(
      () => audited('approval.refused'),
      (rows) => rows.length > 0,
    );

    expect(refused).toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringContaining('takes no unsigned decide'),
    });
    // Not as who it said it was: nobody has proven that.
    expect(row?.entry).toMatchObject({ workflowId: run, actor: { name: 'alice', source: 'cli' } });
    expect((await system.status(run)).awaiting).toMatchObject([{ approvedBy: [] }]);
  }, 60_000);

  it('signs what an approver decides, and the workflow verifies it', async () => {
    const { status } = await approve(alice);
    const ended = await system.end(run);
    const [row] = await audited('approval.decided');
    const verified = await system.json<{ signatures: object }>(['audit', 'verify', '--keys', path('platform.yaml')]);

    expect([status, ended.phase]).toEqual([200, 'succeeded']);
    expect(row?.entry).toMatchObject({
      actor: { name: 'alice', source: 'oidc' },
      details: {
        signed: { proof: { keyId: 'desk', claims: { iss: provider.issuer, name: 'alice', roles: ['approver'] } } },
      },
    });
    expect(verified.signatures).toEqual({ valid: true, signed: 1, unsigned: 0, problems: [] });
  }, 120_000);
});

function platformText(issuer: string, publicKey: string): string {
  return JSON.stringify({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'proven' },
    spec: {
      clusters: { '*': { type: 'local' } },
      identity: {
        unsigned_approvals: false,
        signing_keys: [{ id: 'desk', public_key: publicKey }],
        oidc: {
          issuer,
          client_id: 'console',
          client_secret: 'secret://env/OIDC_CLIENT_SECRET',
          scopes: ['profile'],
          roles: { 'release-board': 'approver', staff: 'viewer' },
        },
      },
    },
  });
}
