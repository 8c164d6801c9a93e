import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ClusterAccess } from './access';
import { kubectlCommand } from './tools';

export interface ReaderOptions {
  readonly cluster: Pick<ClusterAccess, 'kubectl' | 'apply'>;
  readonly namespace: string;
  readonly repository: string;
  /** A folder with a kustomization. */
  readonly path: string;
  /** Changes what is rendered: what is inside an image can only be told by how its pods behave. */
  readonly change?: (rendered: string) => string;
}

const run = promisify(execFile);

/** What Argo CD and Flux do, in small: whenever `main` has moved, its manifests are built and applied. */
export class Reader {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'f0-reader-'));
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  /** The first thing that went wrong; a reader goes on. */
  fault: unknown = null;

  constructor(private readonly options: ReaderOptions) {
    this.ended = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async follow(): Promise<void> {
    const { repository } = this.options;
    let applied = '';
    await run('git', ['clone', '--quiet', repository, this.folder]);
    while (!this.stopping.signal.aborted) {
      try {
        await run('git', ['pull', '--quiet', '--ff-only'], { cwd: this.folder });
        const head = (await run('git', ['rev-parse', 'HEAD'], { cwd: this.folder })).stdout;
        if (head !== applied) await this.apply();
        applied = head;
      } catch (error) {
        this.fault ??= error;
      }
      // How often it looks, as readers do; nothing waits for this.
      await delay(100, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async apply(): Promise<void> {
    const { cluster, change = (text) => text } = this.options;
    const built = await run(kubectlCommand(), ['kustomize', path.join(this.folder, this.options.path)]);
    await cluster.apply(change(built.stdout));
  }
}
