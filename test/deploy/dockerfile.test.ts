import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leanProcess } from '../../src/workers/lean-process';
import { describeWith, root } from './tools';

interface Finding {
  readonly platform: string;
  readonly rule: string;
  readonly detail: string;
}

const dockerfile = join(root, 'Dockerfile');

describeWith('dockerfile-lint', 'the Dockerfile', (linter) => {
  const lint = (file: string): readonly Finding[] =>
    JSON.parse(execFileSync(linter, [file, 'linux/amd64,linux/arm64'], { encoding: 'utf8' }));
  const folder = mkdtempSync(join(tmpdir(), 'f0-dockerfile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes the checks of `docker build --check` on both architectures', () => {
    expect(lint(dockerfile)).toEqual([]);
  });

  it('would not pass them with a secret in a layer, or for one architecture alone', () => {
    const file = join(folder, 'Dockerfile');
    const text = readFileSync(dockerfile, 'utf8')
      .replace('ENV NODE_ENV=production', 'ENV DATABASE_PASSWORD=hunter2 NODE_ENV=production')
      .replace('FROM golang', 'FROM --platform=linux/amd64 golang');
    writeFileSync(file, text);

    const rules = new Set(lint(file).map(({ rule }) => rule));
    expect(rules).toEqual(new Set(['SecretsUsedInArgOrEnv', 'FromPlatformFlagConstDisallowed']));
  });

  it('is refused where it cannot be built', () => {
    const file = join(folder, 'broken.Dockerfile');
    writeFileSync(file, 'FROM scratch\nCOPY --from=nowhere-else/ /a /b\nRUNN x\n');
    expect(lint(file)).toContainEqual(
      expect.objectContaining({ rule: 'error', detail: expect.stringContaining('RUNN') }),
    );
  });
});

describe('the images', () => {
  /** The instructions of each stage, by its name. */
  const stages = new Map(
    readFileSync(dockerfile, 'utf8')
      .split(/^(?=FROM )/m)
      .slice(1)
      .map((text) => [/ AS (\S+)/.exec(text)?.[1] ?? '', text]),
  );

  it.each(['worker-base', 'debian-base'])('run as nobody in particular, from the stage %s', (name) => {
    expect(stages.get(name)).toMatch(/^USER 65532:65532$/m);
    expect(stages.get(name)).toMatch(/^ENTRYPOINT \[/m);
  });

  it.each(['worker-base', 'debian-base'])('keep little memory, in the stage %s', (name) => {
    const [flag] = leanProcess.execArgv;
    expect(stages.get(name)).toMatch(new RegExp(`^ENTRYPOINT \\[[^,]+, "${flag}", `, 'm'));
    for (const [key, value] of Object.entries(leanProcess.env)) expect(stages.get(name)).toContain(` ${key}=${value}`);
  });

  it('have no shell where nobody needs one, by default', () => {
    expect(stages.get('worker-base')).toMatch(/^FROM gcr\.io\/distroless\/nodejs/);
    expect(stages.get('worker')).toMatch(/^FROM worker-base /);
    expect([...stages.keys()].at(-1)).toBe('worker');
  });

  it.each(['deploy', 'operate'])('have git where it is called, in %s', (name) => {
    expect(stages.get(name)).toMatch(/^FROM debian-base /);
    expect(stages.get('debian-base')).toMatch(/ git openssh-client /);
  });
});
