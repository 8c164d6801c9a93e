import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../../src/activities/artifacts/port';

/** Paths in an artifact, and what the files there hold. */
export type Files = Readonly<Record<string, string>>;

/** Artifacts in memory, by their digests. */
export class Packages implements ArtifactStore {
  private readonly packed = new Map<string, Files>();

  put(digest: string, files: Files): void {
    this.packed.set(digest, files);
  }

  /** As the plain manifests in a folder `k8s`. */
  putObjects(digest: string, items: readonly object[]): void {
    this.put(digest, { 'k8s/all.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  }

  has(digest: string): boolean {
    return this.packed.has(digest);
  }

  async unpack(digest: string, folder: string): Promise<void> {
    const files = this.packed.get(digest);
    if (!files) throw new Error(`no package ${digest}`);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
    }
  }

  readonly putBytes = unused;
  readonly putFile = unused;
  readonly readBytes = unused;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('not expected: a target only unpacks'));
}
