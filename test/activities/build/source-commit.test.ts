import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitTimeOf } from '../../../src/activities/build/source-commit';

const folder = mkdtempSync(join(tmpdir(), 'f0-commit-'));
const { signal } = new AbortController();

function commit(file: string, at: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=f0', '-c', 'user.email=f0@example.test', ...args], {
      cwd: folder,
      env: { ...process.env, GIT_COMMITTER_DATE: at, GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z' },
    });
  mkdirSync(join(folder, 'shop'), { recursive: true });
  writeFileSync(join(folder, file), at);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', file);
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the time of the newest commit', () => {
  it('is not known of a folder that is in no repository, nor of one that does not exist', async () => {
    expect(await commitTimeOf(folder, signal)).toBeNull();
    expect(await commitTimeOf(join(folder, 'none'), signal)).toBeNull();
  });

  it('is that of the newest commit which touches the folder, in UTC', async () => {
    commit('shop/server.js', '2026-03-01T12:00:00+02:00');
    commit('elsewhere.txt', '2026-03-05T12:00:00+02:00');

    expect(await commitTimeOf(join(folder, 'shop'), signal)).toBe('2026-03-01T10:00:00.000Z');
    expect(await commitTimeOf(folder, signal)).toBe('2026-03-05T10:00:00.000Z');
  });

  it('is not waited for by a build that is cancelled', async () => {
    await expect(commitTimeOf(folder, AbortSignal.abort())).rejects.toThrow();
  });
});
