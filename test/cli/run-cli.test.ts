import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verbs } from '../../src/cli/verbs';
import { f0 } from './harness';

/** Nothing answers on port 9, and the home is empty: what needs Temporal cannot reach it. */
const home = mkdtempSync(join(tmpdir(), 'f0-cli-'));
const away = { env: { TEMPORAL_ADDRESS: '127.0.0.1:9', F0_HOME: home } };

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('f0', () => {
  it('shows every verb in its help', async () => {
    const { code, stdout } = await f0(['--help']);

    expect(code).toBe(0);
    for (const { name, summary } of verbs) {
      expect(stdout).toContain(`  ${name} `);
      expect(stdout).toContain(summary.slice(0, 30));
    }
  });

  it('shows help when it is told nothing', async () => {
    expect(await f0([])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: f0') });
  });

  it.each(verbs.map((verb) => verb.name))(
    '%s --help explains itself with an example, and takes --output',
    async (name) => {
      const { code, stdout } = await f0([name, '--help']);

      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ .*f0 ${name}`));
      expect(stdout).toContain('--output <format>');
    },
  );

  it('names the nearest verb for one that it does not know, with code 2', async () => {
    const { code, stderr } = await f0(['stauts']);

    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean status?');
  });

  it.each([
    ['a missing argument', ['status']],
    ['an unknown option', ['status', '1.0.0', '--colour']],
    ['a bad choice', ['status', '1.0.0', '--output', 'xml']],
    ['a bad number', ['list', '--limit', 'many']],
    ['a bad phase', ['list', '--phase', 'soon']],
    ['an end in the past', ['freeze', 'production', '--until', '2001-01-01', '--reason', 'x']],
    ['a freeze without a reason', ['freeze', 'production']],
    ['two things at once', ['history', '1.0.0', '--environment', 'production']],
    ['an environment with too many parts', ['freeze', 'a/b/c', '--reason', 'x']],
  ])('ends with code 2 and a sentence for %s', async (_name, argv) => {
    const { code, stdout, stderr } = await f0(argv, away);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('ends with code 3 and what to do when Temporal is not reachable', async () => {
    const { code, stderr } = await f0(['status', 'shop/1.0.0'], away);

    expect(code).toBe(3);
    expect(stderr).toContain('f0 up');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('shows the stack of an error only when asked', async () => {
    const { stderr } = await f0(['status', 'shop/1.0.0'], { env: { ...away.env, F0_DEBUG: '1' } });

    expect(stderr).toMatch(/\n\s+at /);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a completion script for %s that knows verbs and options', async (shell) => {
    const { code, stdout } = await f0(['completion', shell]);

    expect(code).toBe(0);
    for (const { name } of verbs) expect(stdout).toContain(name);
    expect(stdout).toContain('time-scale');
  });

  it('prints a bash completion that bash takes, and that completes', async () => {
    const { stdout } = await f0(['completion', 'bash']);
    const script = `${stdout}\nCOMP_WORDS=(f0 appr); COMP_CWORD=1; _f0; echo "\${COMPREPLY[@]}"; COMP_WORDS=(f0 approve --sta); COMP_CWORD=2; _f0; echo "\${COMPREPLY[@]}"`;

    const completed = execFileSync('bash', ['-c', script], { encoding: 'utf8' });

    expect(completed).toBe('approve\n--stage\n');
  });

  it('stops quietly when the reader of its output goes away', () => {
    const program = join(__dirname, '..', '..', 'bin', 'f0.js');

    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; node ${program} completion bash | head -1 >/dev/null`],
      {
        encoding: 'utf8',
      },
    );

    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
