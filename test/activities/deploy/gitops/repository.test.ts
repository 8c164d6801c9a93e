import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { branchOf } from '../../../../src/activities/deploy/gitops/delivery';
import { GitRepository } from '../../../../src/activities/deploy/gitops/repository';
import { errorCodeOf } from '../../../../src/contracts/errors';
import { BareRepository } from '../../../support/bare-repository';
import { type GitHttpServer, serveGit } from '../../../support/git-http';

const image = 'registry.example.com/teashop/shop';
const old = `sha256:${'0'.repeat(64)}`;
const wanted = `sha256:${'a1'.repeat(32)}`;
const author = { name: 'Tea Bot', email: 'bot@example.com' };
const place = (folder: string) => ({
  app: 'shop',
  workload: 'shop',
  container: null,
  image,
  path: folder,
  imagePath: null,
});
const kustomization = `images:\n- name: ${image}\n  digest: ${old}\n`;

describe('a Git repository', () => {
  let bare: BareRepository;
  let workFolder: string;
  beforeEach(async () => {
    workFolder = mkdtempSync(path.join(tmpdir(), 'f0-gitops-'));
    bare = await BareRepository.create({
      'one/kustomization.yaml': kustomization,
      'two/kustomization.yaml': kustomization,
    });
  });
  afterEach(() => {
    bare.remove();
    rmSync(workFolder, { recursive: true, force: true });
  });

  function use<T>(
    work: (repository: GitRepository) => Promise<T>,
    more: { repository?: string; branch?: string; credentials?: string } = {},
  ): Promise<T> {
    const { repository = bare.path, branch = 'main', credentials = null } = more;
    const settings = { repository, branch, author };
    const context = { signal: new AbortController().signal, progress: () => {} };
    return GitRepository.use({ settings, credentials, context, workFolder }, work);
  }
  const commit = (folder: string, more: Parameters<typeof use>[1] = {}, digest = wanted) =>
    use((repository) => repository.commit(place(folder), digest, `${folder} changed\n`), more);

  async function told(step: Promise<unknown>): Promise<string> {
    try {
      await step;
    } catch (error) {
      return `${errorCodeOf(error)}: ${(error as Error).message}`;
    }
    throw new Error('it did not fail');
  }

  it('gets one commit of ours that changes one line', async () => {
    const { file } = await commit('one');

    expect(file).toBe('one/kustomization.yaml');
    expect(await bare.git('show', '--format=%an <%ae>: %s', '--stat', 'main')).toMatch(
      /^Tea Bot <bot@example.com>: one changed\n\n one\/kustomization.yaml \| 2 \+-\n 1 file changed/,
    );
    expect(await bare.read(file)).toBe(kustomization.replace(old, wanted));
  });

  it('gets nothing where the digest is there already', async () => {
    await commit('one');
    const again = await commit('one');
    expect(await bare.log()).toEqual(['one changed', 'first']);
    expect(again.image).toBe(wanted);
  });

  it('takes the commits of many writers at once, and loses none', async () => {
    const folders = ['one', 'two'];
    await Promise.all(folders.map((folder) => commit(folder)));

    for (const folder of folders) expect(await bare.read(`${folder}/kustomization.yaml`)).toContain(wanted);
    expect(await bare.log()).toHaveLength(3);
  });

  it('that others push to all the time is a conflict after several tries', async () => {
    // Whoever pushes finds that somebody was faster: the hook of the server moves the branch before each push is taken.
    const hook = path.join(bare.path, 'hooks', 'pre-receive');
    const moved =
      'env -u GIT_QUARANTINE_PATH git update-ref refs/heads/main $(env -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES git -c user.name=x -c user.email=x@x commit-tree -p main -m faster main^{tree})';
    writeFileSync(hook, `#!/bin/sh\n${moved}\n`);
    chmodSync(hook, 0o755);

    expect(await told(commit('one'))).toBe(
      `Conflict: main of ${bare.path} was pushed to by somebody else 8 times in a row: try again when it is quieter`,
    );
    expect((await bare.log()).filter((subject) => subject === 'faster')).toHaveLength(8);
  });

  it('that refuses a push is told, with why', async () => {
    const hook = path.join(bare.path, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho main is protected\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(await told(commit('one'))).toMatch(
      /^PermissionDenied: .* refuses the push to main \(pre-receive hook declined\): allow it, or set mode: pull_request/,
    );
  });

  it.each([
    ['repository', { repository: '/nowhere/apps.git' }, /^NotFound: there is no repository \/nowhere\/apps.git/],
    ['branch', { branch: 'trunk' }, /^NotFound: .* has no branch trunk: create it, or set branch/],
    [
      'server',
      { repository: 'http://127.0.0.1:9/apps.git' },
      /^Unavailable: http:\/\/127.0.0.1:9\/apps.git does not answer/,
    ],
  ])('with no such %s is told', async (_, settings, expected) => {
    expect(await told(commit('one', settings))).toMatch(expected);
  });

  it('with no such path is told', async () => {
    expect(await told(commit('three'))).toMatch(/^NotFound: the repository has no three; beside it are one, two/);
  });

  it('leaves no working copy behind', async () => {
    await commit('one');
    await told(commit('three'));
    expect(readdirSync(workFolder)).toEqual([]);
  });

  describe('with a branch of ours', () => {
    const branch = 'framework0/shop/test/1.0.0';
    const propose = (key: string, digest = wanted) =>
      use((repository) => repository.propose(place('one'), digest, { branch, message: 'proposed\n\n', key }));
    const tip = () => bare.git('rev-parse', branch);

    it('is proposed to once a step, and anew by another', async () => {
      await propose('run/1');
      const first = await tip();
      await propose('run/1');
      expect(await tip()).toBe(first);
      await propose('run/2');
      expect(await tip()).not.toBe(first);
      expect(await bare.log()).toEqual(['first']);
    });

    it('has nothing to propose where the digest is there', async () => {
      await commit('one');
      expect(await propose('run/1')).toMatchObject({ isNew: false });
      expect(await bare.branches()).toEqual(['main']);
    });

    it('gives it up', async () => {
      await propose('run/1');
      await use((repository) => repository.withdraw(branch));
      await use((repository) => repository.withdraw(branch));
      expect(await bare.branches()).toEqual(['main']);
    });

    it.each(['1.0.0', '1..0', '1.0.', '1.lock', '1.0.lock'])(
      'release %s has a name that Git takes',
      async (release) => {
        const name = branchOf({ app: { name: 'shop' } as never, environment: 'test', release });
        await bare.git('check-ref-format', '--branch', name);
      },
    );
  });

  describe('behind a token', () => {
    const token = 'tea-token-0123456789';
    let server: GitHttpServer;
    /** Of all processes, while the server is asked. */
    const commandLines: string[] = [];
    beforeEach(async () => {
      commandLines.length = 0;
      server = await serveGit(path.dirname(bare.path), 'deployer', token, () => {
        for (const id of existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []) {
          try {
            commandLines.push(readFileSync(`/proc/${id}/cmdline`, 'utf8'));
          } catch {
            // It has ended meanwhile.
          }
        }
      });
    });
    afterEach(() => server.close());
    const at = (credentials?: string) => ({
      repository: `${server.url}/apps.git`,
      ...(credentials ? { credentials } : {}),
    });

    it('is read and pushed to', async () => {
      await commit('one', at(`deployer:${token}`));
      expect(await bare.log()).toEqual(['one changed', 'first']);
      expect(commandLines.filter((line) => line.includes(token))).toEqual([]);
      if (existsSync('/proc')) expect(commandLines.some((line) => line.startsWith('git\0push'))).toBe(true);
    });

    it.each([
      ['a wrong token', 'deployer:wrong-token-987'],
      ['a token for nobody', 'wrong-token-987'],
    ])('is denied with %s, which no message has', async (_, credentials) => {
      const fault = await told(commit('one', at(credentials)));
      expect(fault).toMatch(/^PermissionDenied: .* does not accept the credentials: correct secret/);
      expect(fault).not.toContain('wrong-token-987');
      expect(fault).not.toContain(Buffer.from(credentials).toString('base64'));
      expect(server.seen.length).toBeGreaterThan(0);
    });

    it('is denied without one, and nobody is asked', async () => {
      expect(await told(commit('one', at()))).toMatch(/^PermissionDenied: /);
      expect(server.seen).toEqual([]);
    });
  });
});
