import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { type ArtifactStore, createArtifactStore } from '../../../src/activities/artifacts';
import { createBuildActivities } from '../../../src/activities/build';
import { createSecretResolver } from '../../../src/activities/secrets';
import type { Artifact, BuildInput } from '../../../src/contracts/activities';
import { waitFor } from '../../support/wait-for';
import { useTemporaryFolder } from '../artifacts/temporary-folder';
import { quietEnvironment, strict } from '../test/support';

const folder = useTemporaryFolder();
let environment: MockActivityEnvironment;
let artifacts: ArtifactStore;
let source: string;

beforeEach(async () => {
  environment = quietEnvironment();
  artifacts = createArtifactStore({ folder: path.join(folder.path, 'store') });
  source = path.join(folder.path, 'source');
  await mkdir(source);
});

async function write(files: Readonly<Record<string, string>>, root = source): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  }
}

interface BuildChange extends Partial<Omit<BuildInput, 'app'>> {
  readonly source?: string;
  readonly build?: readonly string[];
}

async function build({ source: from = source, build: commands = [], ...change }: BuildChange = {}): Promise<Artifact> {
  const activities = createBuildActivities({
    artifacts,
    secrets: createSecretResolver({ env: {}, folder: null }),
    workFolder: path.join(folder.path, 'work'),
  });
  const app = { name: 'shop', source: from, build: commands, start: 'node .', healthPath: '/', metrics: null };
  return environment.run(activities.buildArtifact, {
    key: 'pipeline/n/shop/1.0.0/build',
    provider: 'exercise8',
    action: 'container-build',
    app,
    release: '1.0.0',
    isolation: strict,
    timeoutSeconds: 30,
    ...change,
  });
}

async function unpacked(artifact: Artifact): Promise<string> {
  const out = path.join(folder.path, `out-${artifact.digest.slice(7, 15)}`);
  await artifacts.unpack(artifact.digest, out);
  return out;
}

async function namesIn(artifact: Artifact): Promise<string[]> {
  const entries = await readdir(await unpacked(artifact), { recursive: true });
  return entries.sort();
}

async function json(digest: string): Promise<Record<string, unknown>> {
  return JSON.parse(Buffer.from(await artifacts.readBytes(digest)).toString('utf8'));
}

describe('the package builder', () => {
  it('packs the source after running the build commands in a copy of it', async () => {
    await write({ 'index.js': 'start()', 'src/a.ts': 'a' });

    const artifact = await build({ build: ['mkdir dist', 'cp src/a.ts dist/a.js && echo built'] });

    expect(await namesIn(artifact)).toEqual(['dist', 'dist/a.js', 'index.js', 'src', 'src/a.ts']);
    expect(artifact.sizeBytes).toBe((await artifacts.readBytes(artifact.digest)).length);
    expect(await readdir(source)).toEqual(['index.js', 'src']);
    expect(await readdir(path.join(folder.path, 'work'))).toEqual([]);
  });

  it('gives the same digest for the same source, wherever, whenever and under whatever release it is built', async () => {
    const fileName = fc.stringMatching(/^[a-zA-Z0-9@+=_-][a-zA-Z0-9 äß@._-]{0,30}$/);
    const files = fc.dictionary(fileName, fc.string({ maxLength: 300 }), { minKeys: 1, maxKeys: 8 });
    let run = 0;

    await fc.assert(
      fc.asyncProperty(
        files,
        fc.string({ minLength: 90, maxLength: 90, unit: fc.constantFrom('a', 'b') }),
        async (tree, deep) => {
          run += 1;
          const first = path.join(folder.path, `first-${run}`);
          const second = path.join(folder.path, 'elsewhere', `second-${run}`);
          const content = { ...tree, [`deep/${deep}/${deep}/file`]: 'long path' };
          await write(content, first);
          const names = Object.entries(content).reverse();
          await write(Object.fromEntries(names), second);
          for (const [name] of names) {
            await chmod(path.join(second, name), 0o600);
            await utimes(path.join(second, name), run, run);
          }

          const one = await build({ source: first });
          const two = await build({ source: second, release: '2.0.0', key: 'another/run' });

          expect(two.digest).toBe(one.digest);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives another digest when a content, a name, a link or an executable bit is another', async () => {
    await write({ a: '1', b: '2' });
    await symlink('a', path.join(source, 'link'));
    const digests = [(await build()).digest];

    await write({ a: '1 ' });
    digests.push((await build()).digest);
    await chmod(path.join(source, 'b'), 0o755);
    digests.push((await build()).digest);
    await write({ c: '' });
    digests.push((await build()).digest);
    await symlink('b', path.join(source, 'link2'));
    digests.push((await build()).digest);

    expect(new Set(digests).size).toBe(5);
  });

  it('packs two names of one file as two files', async () => {
    await write({ a: 'same' });
    const copied = await build({ build: ['cp a b'] });
    const linked = await build({ build: ['ln a b'] });

    expect(linked.digest).toBe(copied.digest);
    expect((await lstat(path.join(await unpacked(linked), 'b'))).nlink).toBe(1);
  });

  it('keeps inner links and executable files', async () => {
    await write({ 'bin/run': '#!/bin/sh' });
    await chmod(path.join(source, 'bin/run'), 0o700);
    await symlink('bin/run', path.join(source, 'run'));

    const out = await unpacked(await build());

    expect(await readlink(path.join(out, 'run'))).toBe('bin/run');
    expect((await lstat(path.join(out, 'bin/run'))).mode & 0o777).toBe(0o755);
  });

  it.each(['/etc/passwd', '../other'])('refuses a link to %s with its name', async (target) => {
    await symlink(target, path.join(source, 'out'));

    await expect(build()).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining(`the link "out" to "${target}" leads out of the package`),
    });
  });

  it('refuses a link that a build command makes out of the package', async () => {
    await expect(build({ build: ['ln -s /etc/passwd secrets'] })).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('cannot read a source that is not there', async () => {
    await expect(build({ source: path.join(folder.path, 'nowhere') })).rejects.toMatchObject({ type: 'NotFound' });
  });
});

describe('what belongs to a package', () => {
  it('is not .git, nor the node_modules of the source, but what the build installs', async () => {
    await write({ '.git/config': '', 'node_modules/old/index.js': '', 'lib/node_modules/x': '', 'a.js': '' });

    expect(await namesIn(await build())).toEqual(['a.js', 'lib']);
    const installed = await build({ build: ['mkdir -p node_modules/new && touch node_modules/new/index.js'] });
    expect(await namesIn(installed)).toContain('node_modules/new/index.js');
  });

  it('is not what .gitignore leaves out, in any folder, unless it is taken in again', async () => {
    await write({
      '.gitignore': 'dist/\n*.log\n!keep.log\n/only-root\n',
      'dist/old.js': '',
      'a.log': '',
      'keep.log': '',
      'only-root': '',
      'sub/only-root': '',
      'sub/.gitignore': '!b.log\nlocal\n',
      'sub/b.log': '',
      'sub/c.log': '',
      'sub/local/x': '',
      'sub/deep/local/x': '',
      'pkg [1]/.gitignore': '!dist/\n/top\n',
      'pkg [1]/dist/app.js': '',
      'pkg [1]/top': '',
      'pkg [1]/in/top': '',
    });

    const names = await namesIn(await build());

    expect(names).toEqual([
      '.gitignore',
      'keep.log',
      'pkg [1]',
      'pkg [1]/.gitignore',
      'pkg [1]/dist',
      'pkg [1]/dist/app.js',
      'pkg [1]/in',
      'pkg [1]/in/top',
      'sub',
      'sub/.gitignore',
      'sub/b.log',
      'sub/deep',
      'sub/only-root',
    ]);
  });

  it('is told by .f0ignore alone where there is one', async () => {
    await write({
      '.gitignore': 'dist/\n',
      '.f0ignore': 'notes\n!node_modules/\n',
      'dist/app.js': '',
      notes: '',
      'node_modules/dep/index.js': '',
    });

    const names = await namesIn(await build());

    expect(names).toContain('dist/app.js');
    expect(names).toContain('node_modules/dep/index.js');
    expect(names).not.toContain('notes');
  });
});

describe('a build that goes wrong', () => {
  it('fails with the command, its exit code and its last lines, and nothing is stored as a package', async () => {
    await expect(build({ build: ['echo fine', 'echo "src/a.ts(3,1): error" >&2; exit 2'] })).rejects.toMatchObject({
      type: 'CommandFailed',
      nonRetryable: true,
      message: 'build 2 (echo "src/a.ts(3,1): error" >&2; exit 2) ended with exit code 2:\nsrc/a.ts(3,1): error',
    });
    expect(await readdir(path.join(folder.path, 'work'))).toEqual([]);
  });

  it('is stopped at its time limit, which all commands share', async () => {
    await expect(build({ build: ['sleep 0.5', 'sleep 60'], timeoutSeconds: 10 })).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringMatching(/^build 2 \(sleep 60\) took longer than its limit of \d(\.\d)? s/),
    });
  });

  it('stops when it is cancelled', async () => {
    const ready = path.join(folder.path, 'ready');
    const running = expect(build({ build: [`touch ${ready}; sleep 60`] })).rejects.toBeInstanceOf(CancelledFailure);
    await waitFor('the build to be up', () => existsSync(ready));

    environment.cancel();

    await running;
  });

  it('names the nearest builder when there is none of that name', async () => {
    await expect(build({ provider: 'exercise8', action: 'containr-build' })).rejects.toMatchObject({
      type: 'InvalidInput',
      message:
        'there is no builder "exercise8/containr-build"; there is exercise8/container-build. Did you mean "exercise8/container-build"?',
    });
  });

  it('is Unavailable when the store is full, so that it is tried again', async () => {
    artifacts = createArtifactStore({
      folder: path.join(folder.path, 'store'),
      openForWriting: async () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    });
    await write({ a: '1' });

    await expect(build()).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
  });

  it('says so when there is nothing to package', async () => {
    await write({ '.git/config': '' });

    await expect(build()).rejects.toMatchObject({
      type: 'InvalidInput',
      message: `there is nothing to package: ${source} has no files that are not ignored`,
    });
  });

  it('heartbeats with what it is doing', async () => {
    const phases = new Set<unknown>();
    environment.on('heartbeat', ({ phase }: { phase: string }) => phases.add(phase));

    await build({ build: ['echo 1 > a; sleep 2.2'] });

    // What comes before and behind the command is told too when it takes until a beat.
    const seldom = ['copying the source', 'packing', 'describing'];
    const told = [...phases].filter((phase) => !seldom.includes(String(phase)));
    expect(new Set(told)).toEqual(new Set(['starting', 'build: echo 1 > a; sleep 2.2']));
  });
});

describe('provenance', () => {
  it('is a SLSA v1 statement about the package, its source and how it was built', async () => {
    await write({ a: '1' });

    const artifact = await build({ build: ['true'] });

    expect(await json(artifact.provenanceDigest)).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'shop', digest: { sha256: artifact.digest.slice(7) } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          externalParameters: { app: 'shop', release: '1.0.0', commands: ['true'] },
          resolvedDependencies: [{ name: 'source', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
        },
        runDetails: {
          metadata: { invocationId: 'pipeline/n/shop/1.0.0/build' },
          byproducts: [{ digest: { sha256: artifact.sbomDigest.slice(7) } }],
        },
      },
    });
  });
});

describe('a lock file that is broken', () => {
  it.each([
    ['{', 'package-lock.json is not JSON'],
    ['[]', 'package-lock.json is not a lock file of npm'],
    ['{"lockfileVersion": 1, "dependencies": {}}', 'package-lock.json has version 1; 2 or 3 was expected'],
  ])('%j is refused with what is wrong', async (content, message) => {
    await write({ 'package-lock.json': content });

    await expect(build()).rejects.toMatchObject({ type: 'InvalidInput', message: expect.stringContaining(message) });
    expect(await readFile(path.join(source, 'package-lock.json'), 'utf8')).toBe(content);
  });
});
