import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckResult } from '../../src/cli/doctor/check';
import { testServers } from '../support/temporal';
import { f0 } from './harness';

const home = mkdtempSync(join(tmpdir(), 'f0-doctor-'));
const path = `${join(testServers().temporal, '..')}:${process.env.PATH ?? ''}`;

afterAll(() => rmSync(home, { recursive: true, force: true }));

async function doctor(env: Readonly<Record<string, string>>) {
  const { code, stdout } = await f0(['doctor', '-o', 'json'], { env: { F0_HOME: home, PATH: path, ...env } });
  const { checks, ok } = JSON.parse(stdout) as { ok: boolean; checks: CheckResult[] };
  return {
    code,
    ok,
    of: (name: string) => checks.find((check) => check.name === name),
    names: checks.map((one) => one.name),
  };
}

describe('f0 doctor', () => {
  it('looks at everything that the system needs, and changes nothing', async () => {
    const { code, ok, names, of } = await doctor({});

    expect([code, ok]).toEqual([0, true]);
    expect(names).toEqual(['node', 'disk', 'clock', 'ports', 'temporal', 'search attributes', 'database', 'cluster']);
    expect(of('temporal')?.found).toMatch(/Server 1\./);
    expect(of('node')?.found).toBe(process.versions.node);
  });

  it('ends with code 1, says what it found and what to do, when something is missing', async () => {
    const { code, ok, of } = await doctor({
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
    });

    expect([code, ok]).toEqual([1, false]);
    expect(of('temporal')).toMatchObject({ state: 'failed', found: expect.stringContaining('127.0.0.1:9') });
    expect(of('database')).toMatchObject({ state: 'failed', remedy: 'correct it, or start PostgreSQL' });
  });

  it('answers people with a line a check', async () => {
    const { stdout } = await f0(['doctor'], { env: { F0_HOME: home, PATH: path } });

    expect(stdout).toMatch(/^✔ node +\d+\./);
  });
});
