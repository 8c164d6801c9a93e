import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failure } from '../../../contracts/errors';
import { protectedBranch } from '../../../contracts/protected-branch';
import { Git, type GitOptions } from './git';
import { isOvertaken, isProtected } from './git-errors';
import { editImage, type ImagePlace } from './image-file';

/** What the repository says of an image, and where it says so. */
export interface Said {
  readonly file: string;
  readonly image: string | null;
  /** Short. */
  readonly commit: string;
}

/** Each loss means that somebody else has pushed; nobody is faster that often in a row. */
const maxTries = 8;
const idempotencyKey = 'Idempotency-Key';

export interface RepositoryOptions extends Omit<GitOptions, 'folder'> {
  /** Working copies are made below it, and removed. */
  readonly workFolder: string;
}

/**
 * One repository and the one branch that a cluster's reader follows, in a shallow working copy of its own that is made
 * anew for each use: what matters is what the server has.
 */
export class GitRepository {
  private readonly git: Git;

  private constructor(
    private readonly folder: string,
    private readonly options: RepositoryOptions,
  ) {
    this.git = new Git({ ...options, folder });
  }

  static async use<T>(options: RepositoryOptions, work: (repository: GitRepository) => Promise<T>): Promise<T> {
    await mkdir(options.workFolder, { recursive: true });
    const folder = await mkdtemp(path.join(options.workFolder, 'copy-'));
    try {
      const repository = new GitRepository(folder, options);
      await repository.git.run('init', '--quiet');
      return await work(repository);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What the branch says now. */
  async read(place: ImagePlace, digest: string): Promise<Said & { readonly isWanted: boolean }> {
    const commit = await this.checkOut();
    const { file, before, isNew } = await editImage(this.folder, place, digest);
    return { file, image: before, commit, isWanted: !isNew };
  }

  /** Puts the digest onto the branch. Where it is there already nothing is committed. */
  async commit(place: ImagePlace, digest: string, message: string): Promise<Said> {
    const { branch } = this.options.settings;
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const made = await this.commitHere(place, digest, message);
      if (!made.isNew) return made;
      const pushed = await this.git.attempt('push', '--quiet', this.git.remote, `HEAD:refs/heads/${branch}`);
      if (pushed.ok) return made;
      if (isProtected(pushed.stderr)) {
        const { message } = this.git.failure(pushed.stderr);
        throw protectedBranch(message);
      }
      if (!isOvertaken(pushed.stderr)) throw this.git.failure(pushed.stderr);
    }
    throw failure(
      'Conflict',
      `${branch} of ${this.options.settings.repository} was pushed to by somebody else ${maxTries} times in a row: try again when it is quieter`,
    );
  }

  /**
   * Puts the digest onto a branch of ours, for people to merge. Where the followed branch has the digest already there is
   * nothing to merge. What this same step has pushed before stays as it is, with what people have said of it.
   */
  async propose(
    place: ImagePlace,
    digest: string,
    proposal: { readonly branch: string; readonly message: string; readonly key: string },
  ): Promise<Said & { readonly isNew: boolean }> {
    const message = `${proposal.message}${idempotencyKey}: ${proposal.key}\n`;
    const made = await this.commitHere(place, digest, message);
    if (!made.isNew) return made;
    const before = await this.tip(proposal.branch);
    if (before !== null && (await this.isOfStep(proposal.branch, proposal.key))) return made;
    // Left from another time: what it was is known, so that nothing newer is overwritten.
    const lease = `--force-with-lease=refs/heads/${proposal.branch}:${before ?? ''}`;
    await this.git.run('push', '--quiet', lease, this.git.remote, `HEAD:refs/heads/${proposal.branch}`);
    return made;
  }

  /** The commit that a branch of the server is at; null: there is no such branch. */
  async tip(branch: string): Promise<string | null> {
    return (await this.tips([branch]))[0] ?? null;
  }

  /** Of several, as they were at one moment. */
  async tips(branches: readonly string[]): Promise<readonly (string | null)[]> {
    const refs = branches.map((branch) => `refs/heads/${branch}`);
    const listed = await this.git.run('ls-remote', this.git.remote, ...refs);
    const found = new Map(listed.split('\n').map((line) => line.split('\t').reverse() as [string, string]));
    return refs.map((ref) => found.get(ref) ?? null);
  }

  /** Takes a branch of ours away; one that is not there is away. */
  async withdraw(branch: string): Promise<void> {
    const before = await this.tip(branch);
    if (before === null) return;
    const ref = `refs/heads/${branch}`;
    await this.git.run('push', '--quiet', `--force-with-lease=${ref}:${before}`, this.git.remote, `:${ref}`);
  }

  private async commitHere(
    place: ImagePlace,
    digest: string,
    message: string,
  ): Promise<Said & { readonly isNew: boolean }> {
    const commit = await this.checkOut();
    const { file, before, isNew, full, text } = await editImage(this.folder, place, digest);
    if (!isNew) return { file, image: before, commit, isNew };
    await writeFile(full, text);
    await this.git.run('commit', '--quiet', '--only', '--no-verify', '-m', message, '--', file);
    return { file, image: digest, commit: await this.git.run('rev-parse', '--short', 'HEAD'), isNew };
  }

  /** The followed branch as it is now; answers its commit. */
  private async checkOut(): Promise<string> {
    await this.fetch(this.options.settings.branch);
    await this.git.run('checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD');
    return this.git.run('rev-parse', '--short', 'HEAD');
  }

  private async isOfStep(branch: string, key: string): Promise<boolean> {
    await this.fetch(branch);
    const message = await this.git.run('log', '-1', '--format=%B', 'FETCH_HEAD');
    return message.split('\n').includes(`${idempotencyKey}: ${key}`);
  }

  private async fetch(branch: string): Promise<void> {
    await this.git.run('fetch', '--quiet', '--depth=1', '--no-tags', this.git.remote, `refs/heads/${branch}`);
  }
}
