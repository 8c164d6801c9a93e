import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheOf, homeOf } from '../../src/embedded/home';
import { claimHome, ownerOf, releaseHome } from '../../src/embedded/owner';
import { identityOf, isAlive } from '../../src/embedded/process-identity';
import { readSystemState, runningSystem, type SystemState, writeSystemState } from '../../src/embedded/system-state';
import { waitFor } from '../../src/embedded/wait';

const root = mkdtempSync(join(tmpdir(), 'f0-owner-'));
const home = homeOf({}, root);

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function endedProcess() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const identity = identityOf(child.pid ?? 0);
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await waitFor(() => (isAlive(identity) ? null : true), { timeoutMs: 5_000 });
  return identity;
}

describe('a home', () => {
  it('is named by --home, F0_HOME, XDG_STATE_HOME, in this order', () => {
    expect(homeOf({ F0_HOME: '/a', XDG_STATE_HOME: '/b' }, '/c').root).toBe('/c');
    expect(homeOf({ F0_HOME: '/a', XDG_STATE_HOME: '/b' }).root).toBe('/a');
    expect(homeOf({ XDG_STATE_HOME: '/b' }).root).toBe('/b/framework0');
    expect(homeOf({}).root).toMatch(/\.local\/state\/framework0$/);
    expect(cacheOf({ XDG_CACHE_HOME: '/d' })).toBe('/d/framework0');
  });

  it('has one owner, which several claims at once agree on', async () => {
    const claims = await Promise.all([claimHome(home), claimHome(home), claimHome(home)]);

    expect(claims.filter((other) => other === null)).toHaveLength(1);
    expect(claims.filter((other) => other?.pid === process.pid)).toHaveLength(2);
    releaseHome(home);
    expect(ownerOf(home)).toBeNull();
  });

  it('passes on at once when its owner was killed', async () => {
    writeFileSync(join(root, 'owner.json'), JSON.stringify(await endedProcess()));

    expect(await claimHome(home)).toBeNull();
    releaseHome(home);
  });

  it('does not take another process with the same number for its owner', () => {
    writeFileSync(join(root, 'owner.json'), JSON.stringify({ pid: process.pid, startedAt: 'another time' }));

    expect(ownerOf(home)).toBeNull();
  });
});

describe('system.json', () => {
  const state = (process: SystemState['process']): SystemState => ({
    process,
    since: '2026-01-01T00:00:00Z',
    temporal: { address: '127.0.0.1:7233', namespace: 'default', uiUrl: null, ours: true },
    api: { url: 'http://127.0.0.1:1', token: 'secret' },
    cluster: { url: 'http://127.0.0.1:2', pid: 2 },
  });

  it('tells a running system from the traces of a killed one', async () => {
    writeSystemState(home, state(identityOf(process.pid)));
    expect(runningSystem(home)?.api.token).toBe('secret');

    writeSystemState(home, state(await endedProcess()));
    expect(runningSystem(home)).toBeNull();
    expect(readSystemState(home)).not.toBeNull();
  });

  it.each([
    ['half of one', '{"process":{"pi'],
    ['another form', '{"pid": 1}'],
  ])('counts as none when the file holds %s', (_name, text) => {
    mkdirSync(root, { recursive: true });
    writeFileSync(home.systemFile, text);

    expect(runningSystem(home)).toBeNull();
  });
});
