import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PreviewReleaseInput } from '../../../src/contracts/activities';
import type { ReleasePreview } from '../../../src/contracts/cluster-changes';
import { app, context, manifests, type Shop } from './shop';

/** A source folder with these manifests, looked at as `f0 plan` does. */
export async function previewOf(
  shop: Shop,
  release: string,
  objects: readonly object[] = manifests(),
  more: Partial<PreviewReleaseInput> = {},
): Promise<ReleasePreview> {
  const source = mkdtempSync(path.join(tmpdir(), 'f0-source-'));
  try {
    await mkdir(path.join(source, 'k8s'));
    await writeFile(path.join(source, 'k8s', 'all.json'), JSON.stringify({ kind: 'List', items: objects }));
    const { key: _, digest: __, ...ref } = shop.ref(release);
    const input = { replicas: 3, env: {}, rolling: false, retires: true, ...ref, app: { ...app, source }, ...more };
    const answer = await shop.target.preview?.(input, context());
    if (!answer) throw new Error('the target has no preview');
    return answer;
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
}
