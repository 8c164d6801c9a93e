import path from 'node:path';
import type { ReleaseRef } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import type { ArtifactStore } from '../../artifacts/port';
import { type ManifestSet, manifestSet } from './manifest-set';
import { renderManifests } from './render';

/**
 * A release is prepared several times on its way, and its stable one once more on a way back: two thousand releases at once
 * must find theirs. They are a few KiB each, some MiB in all; where charts are large, the bytes are the limit.
 */
const maxBytes = 32 * 1024 * 1024;

interface Kept {
  readonly set: Promise<ManifestSet>;
  /** 0 until it is rendered. */
  bytes: number;
}

/** The manifests of releases, rendered once from their artifacts: the same digest has the same ones. */
export class ManifestStore {
  /** The one that was used last is the last. */
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;

  constructor(
    private readonly artifacts: ArtifactStore,
    /** Where artifacts are unpacked. */
    private readonly folder: string,
    private readonly limitBytes = maxBytes,
  ) {}

  of(ref: ReleaseRef, namespace: string): Promise<ManifestSet> {
    const { digest, release, environment, app } = ref;
    const key = JSON.stringify([digest, release, environment, namespace, app.kubernetes]);
    const known = this.kept.get(key) ?? this.begin(key, ref, namespace);
    this.kept.delete(key);
    this.kept.set(key, known);
    return known.set;
  }

  private begin(key: string, ref: ReleaseRef, namespace: string): Kept {
    const kept: Kept = { set: this.render(ref, namespace), bytes: 0 };
    kept.set.then(
      (set) => {
        kept.bytes = Buffer.byteLength(JSON.stringify(set));
        this.bytes += kept.bytes;
        this.forgetOldest();
      },
      () => this.kept.delete(key),
    );
    return kept;
  }

  /** Never the newest, however large it is: somebody has just asked for it. */
  private forgetOldest(): void {
    for (const [key, { bytes }] of this.kept) {
      if (this.bytes <= this.limitBytes || this.kept.size === 1) return;
      // It is being rendered, and counted when it is.
      if (bytes === 0) continue;
      this.kept.delete(key);
      this.bytes -= bytes;
    }
  }

  private async render({ app, digest, release, environment }: ReleaseRef, namespace: string): Promise<ManifestSet> {
    const plan = app.kubernetes;
    if (!plan) throw failure('InvalidInput', `the app ${app.name} has no manifests`);
    const folder = path.join(this.folder, digest.replace(':', '-'));
    await this.artifacts.unpack(digest, folder);
    const objects = await renderManifests(plan, folder, { environment, release, namespace });
    return manifestSet(plan, app.name, namespace, objects);
  }
}
