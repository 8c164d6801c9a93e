import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const author = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];

/** A Git repository as a server has it, in a folder of its own. */
export class BareRepository {
  readonly path: string;

  private constructor(private readonly folder: string) {
    this.path = path.join(folder, 'apps.git');
  }

  /** With one commit on `main` that has these files. */
  static async create(files: Readonly<Record<string, string>>): Promise<BareRepository> {
    const made = new BareRepository(mkdtempSync(path.join(tmpdir(), 'f0-bare-')));
    await git(made.folder, 'init', '--quiet', '--bare', '--initial-branch=main', made.path);
    await git(made.folder, 'clone', '--quiet', made.path, 'work');
    await made.write(files, 'first');
    return made;
  }

  /** A commit of somebody else's on `main`. */
  async write(files: Readonly<Record<string, string>>, message: string): Promise<void> {
    const work = path.join(this.folder, 'work');
    if ((await this.branches()).includes('main')) {
      await git(work, 'fetch', '--quiet', 'origin', 'main');
      await git(work, 'checkout', '--quiet', '-B', 'main', 'FETCH_HEAD');
    } else await git(work, 'checkout', '--quiet', '-B', 'main');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
      writeFileSync(path.join(work, name), text);
    }
    await git(work, 'add', '--all');
    await git(work, ...author, 'commit', '--quiet', '--message', message);
    await git(work, 'push', '--quiet', 'origin', 'main');
  }

  /** As people do on the page of a forge. */
  async merge(branch: string, how: 'merge' | 'squash' = 'merge'): Promise<void> {
    const work = path.join(this.folder, 'work');
    await git(work, 'fetch', '--quiet', 'origin', 'main', branch);
    await git(work, 'checkout', '--quiet', '-B', 'main', 'origin/main');
    const option = how === 'squash' ? '--squash' : '--no-ff';
    await git(work, ...author, 'merge', '--quiet', option, '-m', `Merge ${branch}`, `origin/${branch}`);
    if (how === 'squash') await git(work, ...author, 'commit', '--quiet', '-m', `Squash ${branch}`);
    await git(work, 'push', '--quiet', 'origin', 'main', `:${branch}`);
  }

  /** From now on `main` takes nothing from `committer`, as the rules of a forge have it for all but their own merges. */
  protect(committer: string): void {
    const hook = path.join(this.path, 'hooks', 'update');
    const isTheirs = `[ "$1" = refs/heads/main ] && [ "$(git log -1 --format=%cn "$3")" = "${committer}" ]`;
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\nif ${isTheirs}; then echo "main takes pull requests only" >&2; exit 1; fi\n`, {
      mode: 0o755,
    });
  }

  async delete(branch: string): Promise<void> {
    await this.git('update-ref', '-d', `refs/heads/${branch}`);
  }

  read(file: string, branch = 'main'): Promise<string> {
    return this.git('show', `${branch}:${file}`);
  }

  async branches(): Promise<readonly string[]> {
    return lines(await this.git('for-each-ref', '--format=%(refname:short)', 'refs/heads'));
  }

  /** Subjects of the commits, the newest first. */
  async log(branch = 'main'): Promise<readonly string[]> {
    return lines(await this.git('log', '--format=%s', branch));
  }

  /** What it prints, byte for byte. */
  git(...args: readonly string[]): Promise<string> {
    return git(this.path, ...args);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', args, { cwd: folder })).stdout;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
