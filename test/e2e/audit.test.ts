import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { AuditVerification } from '../../src/activities/audit';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

describe('the audit trail', () => {
  const system = new TestSystem();
  let trail: string;
  const verify = (...args: readonly string[]) => system.json<AuditVerification>(['audit', 'verify', ...args]);
  const brokenAt = (row: number) => ({
    code: 1,
    stdout: expect.stringMatching(new RegExp(`The chain is broken\\..*\\brow ${row}\\b`)),
  });

  beforeAll(async () => {
    const { source } = new TinyApp(join(system.home, 'app'));
    const file = tinyPipeline(join(system.home, 'pipeline.yaml'), 'audited');
    await system.up();
    const ended = await system.end(await system.run(file, '1.0.0', '--app', source));
    expect(ended.phase).toBe('succeeded');
    trail = join(system.home, 'audit.jsonl');
    expect(await system.f0('audit', 'export', '--file', trail)).toMatchObject({ code: 0 });
  }, 120_000);
  afterAll(() => system.dispose(), 120_000);

  it('holds after a run, in the database and as an export', async () => {
    const verified = await verify();

    expect(verified).toMatchObject({ valid: true, problem: null });
    expect(verified.rows).toBeGreaterThan(2);
    expect(await verify('--file', trail)).toEqual(verified);
  }, 60_000);

  it('names the row of an export in which one byte was changed', async () => {
    const lines = readFileSync(trail, 'utf8').split('\n');
    const changed = join(system.home, 'changed.jsonl');
    const second = lines[1] ?? '';
    const byte = second.indexOf('"action":"') + '"action":"'.length;
    lines[1] = `${second.slice(0, byte)}X${second.slice(byte + 1)}`;
    writeFileSync(changed, lines.join('\n'));

    expect(await system.f0('audit', 'verify', '--file', changed)).toMatchObject(brokenAt(2));
  }, 60_000);

  it('holds when the system is down, and names the row that somebody changes in the database then', async () => {
    const before = await verify();
    await system.f0('down');

    expect(await verify()).toEqual(before);

    const database = new PGlite(join(system.home, 'database'));
    const { rows } = await database.query<{ sequence: number }>(
      "update audit_entries set entry = replace(entry, 'anna', 'anno') where entry like '%anna%' returning sequence",
    );
    await database.close();
    const first = Math.min(...rows.map(({ sequence }) => Number(sequence)));
    expect(await system.f0('audit', 'verify')).toMatchObject(brokenAt(first));
    // The running system tells it as well.
    await system.up();
    expect(await system.f0('audit', 'verify')).toMatchObject(brokenAt(first));
  }, 120_000);
});
