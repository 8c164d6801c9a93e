import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { AuditRow } from '../../src/activities/audit';
import { connectTemporal } from '../../src/client';
import { decideSignal, decideUpdate } from '../../src/contracts/messages';
import type { AwaitingApproval } from '../../src/contracts/status';
import type { SystemState } from '../../src/embedded/system-state';
import { until } from '../support/wait-for';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

interface Key {
  readonly id: string;
  readonly publicKey: string;
  readonly file: string;
}

describe('a platform that takes signed decisions only', () => {
  const system = new TestSystem();
  const path = (name: string) => join(system.home, name);
  const me = userInfo().username;
  let own: Key;
  let source: string;
  let document: string;

  beforeAll(async () => {
    source = new TinyApp(path('app')).source;
    document = tinyPipeline(path('pipeline.yaml'), 'signed', { environment: { approval_required: true } });
    await system.up();
    own = await system.json<Key>(['keys', 'show']);
    const cleos = await system.json<Key>(['keys', 'create', '--file', path('cleo.pem'), '--id', 'cleo']);
    const keys = [
      { id: own.id, public_key: own.publicKey },
      { id: 'cleo', public_key: cleos.publicKey, people: ['cleo'] },
    ];
    writeFileSync(path('platform.yaml'), platformText(keys));
    writeFileSync(path('strangers.yaml'), platformText([{ id: own.id, public_key: cleos.publicKey }]));
  }, 120_000);
  afterAll(() => system.dispose(), 120_000);

  const asked = async (release: string): Promise<{ run: string; question: AwaitingApproval }> => {
    const run = await system.run(document, release, '--app', source, '--platform', path('platform.yaml'));
    const status = await until(
      () => system.status(run),
      ({ awaiting, endedAt }) => awaiting.length > 0 || endedAt !== null,
      60_000,
    );
    return { run, question: status.awaiting[0]! };
  };
  const trail = async (): Promise<readonly AuditRow[]> => {
    expect(await system.f0('audit', 'export', '--file', path('audit.jsonl'))).toMatchObject({ code: 0 });
    const lines = readFileSync(path('audit.jsonl'), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as AuditRow).filter(({ entry }) => entry);
  };

  it('refuses what is sent without a proof, by f0 or straight to Temporal, and puts it on record', async () => {
    const { run, question } = await asked('1.0.0');
    const { temporal } = JSON.parse(readFileSync(path('system.json'), 'utf8')) as SystemState;
    const raw = await connectTemporal({ ...temporal, env: {} });
    const decision = { stage: 'deploy', verdict: 'approve', by: { name: 'eve', source: 'oidc' }, reason: 'x' } as const;

    const byF0 = await system.f0('approve', run, '--as', 'bob', '--reason', 'fine');
    const handle = raw.workflow.getHandle(run);
    const update = await handle.executeUpdate(decideUpdate, { args: [decision] }).catch((error) => error.cause);
    await handle.signal(decideSignal, { ...decision, by: { name: 'mallory', source: 'signed' } });
    await raw.connection.close();
    const refused = await until(
      async () => (await trail()).filter(({ entry }) => entry.action === 'approval.refused'),
      (rows) => rows.length === 3,
    );
    const history = await system.f0('history', run);

    expect(question.proof).toBe('required');
    expect(byF0).toMatchObject({ code: 4, stderr: expect.stringContaining('takes no unsigned decide') });
    expect(update).toMatchObject({ type: 'PermissionDenied', message: expect.stringContaining('no unsigned decide') });
    expect(refused.map(({ entry }) => entry.actor)).toEqual([
      { name: 'bob', source: 'cli' },
      { name: 'eve', source: 'cli' },
      { name: 'mallory', source: 'cli' },
    ]);
    expect(history.stdout).toContain('decision of mallory refused');
    expect((await system.status(run)).awaiting).toMatchObject([{ approvedBy: [] }]);

    // The running system signs for the user of this machine.
    expect(await system.f0('approve', run, '--reason', 'seen')).toMatchObject({ code: 0 });
    expect((await system.end(run)).phase).toBe('succeeded');
    const decided = (await trail()).find(({ entry }) => entry.action === 'approval.decided');
    expect(decided?.entry).toMatchObject({
      actor: { name: me, source: 'signed' },
      details: { signed: { proof: { keyId: own.id, claims: { iss: 'os', name: me } } } },
    });
  }, 120_000);

  it('takes a decision that is signed with a key of its own, for whom that key is', async () => {
    const { run } = await asked('1.1.0');
    const sign = (name: string) =>
      system.f0('approve', run, '--as', name, '--key', path('cleo.pem'), '--key-id', 'cleo', '--reason', 'fine');

    const dora = await sign('dora');
    const cleo = await sign('cleo');

    expect(dora).toMatchObject({ code: 4, stderr: expect.stringContaining('key cleo signs for cleo, not for dora') });
    expect(cleo).toMatchObject({ code: 0 });
    expect((await system.end(run)).phase).toBe('succeeded');
  }, 120_000);

  it('keeps what can be verified afterwards, with the public keys alone', async () => {
    await trail();
    const verify = (keys: string) => ['audit', 'verify', '--file', path('audit.jsonl'), '--keys', path(keys)];

    const held = await system.json<{ signatures: object }>(verify('platform.yaml'));
    const strange = await system.f0(...verify('strangers.yaml'));
    const running = await system.json<{ signatures: object }>(['audit', 'verify', '--keys', path('platform.yaml')]);

    expect(held.signatures).toEqual({ valid: true, signed: 2, unsigned: 0, problems: [] });
    expect(running.signatures).toEqual(held.signatures);
    expect(strange).toMatchObject({ code: 1, stdout: expect.stringContaining('2 of 2 signatures do not hold') });
  }, 60_000);

  it('keeps the private key to itself', async () => {
    const [, secret = ''] = readFileSync(own.file, 'utf8').split('\n');
    const shown = await system.f0('keys', 'show');
    const again = await system.f0('keys', 'create', '--file', own.file);

    expect(statSync(own.file).mode & 0o777).toBe(0o600);
    expect(secret).toMatch(/^[A-Za-z0-9+/]{40,}/);
    const written = [
      shown.stdout,
      again.stderr,
      readFileSync(path('audit.jsonl')),
      readFileSync(path('logs/workers.log')),
    ];
    for (const text of written) expect(String(text)).not.toContain(secret);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('a key is never written over') });
  }, 60_000);
});

function platformText(keys: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'signed' },
    spec: {
      clusters: { '*': { type: 'local' } },
      identity: { unsigned_approvals: false, signing_keys: keys },
    },
  });
}
