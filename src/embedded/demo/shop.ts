import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The demo's releases of the example shop, and what each has over 1.0.0. */
const changesOf = {
  /** Good. */
  '1.0.0': [],
  /** Fails checkouts of more than 8 articles, which only production's users have. */
  '1.1.0': ['bulk-discount'],
  /** Slow for as many users as production has. */
  '1.2.0': ['live-prices'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ShopVersion = keyof typeof changesOf;

export const shopVersions = Object.keys(changesOf) as readonly ShopVersion[];

/** From this folder, compiled or not. */
const shopFolder = path.join(__dirname, '../../../examples/shop');

/** Makes the source tree of one release in `folder`, which need not exist; what is there of an earlier call is replaced. */
export async function prepareShopRelease(version: ShopVersion, folder: string): Promise<void> {
  await cp(shopFolder, folder, { recursive: true });
  const release = { version, changes: changesOf[version] };
  await writeFile(path.join(folder, 'release.json'), `${JSON.stringify(release)}\n`);
}
