import path from 'node:path';
import type { ReleaseRef } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import type { ArtifactStore } from '../../artifacts/port';
import { type ManifestSet, manifestSet } from './manifest-set';
import { renderManifests } from './render';

/** Rendered manifests are a few KiB; a release is prepared several times on its way. */
const maxKept = 200;

/** The manifests of releases, rendered once from their artifacts: the same digest has the same ones. */
export class ManifestStore {
  private readonly kept = new Map<string, Promise<ManifestSet>>();

  constructor(
    private readonly artifacts: ArtifactStore,
    /** Where artifacts are unpacked. */
    private readonly folder: string,
  ) {}

  of(ref: ReleaseRef, namespace: string): Promise<ManifestSet> {
    const { digest, release, environment, app } = ref;
    const key = JSON.stringify([digest, release, environment, namespace, app.kubernetes]);
    const known = this.kept.get(key) ?? this.render(ref, namespace);
    this.kept.delete(key);
    this.kept.set(key, known);
    known.catch(() => this.kept.delete(key));
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxKept && oldest !== undefined) this.kept.delete(oldest);
    return known;
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
