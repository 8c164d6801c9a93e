import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { failure } from '../../contracts/errors';
import type { ArtifactStore } from './port';
import { type FreeBytes, freeBytesOf, storageFailure } from './storage-failure';
import { unpackPackage } from './unpack';

export interface FolderStoreOptions {
  /** Made when missing. Content lies under `sha256/<first two digits>/<hex>`. */
  readonly folder: string;
  /**
   * Opens the file that new content is written to; a seam for tests that fill the disk.
   * @default node's own
   */
  readonly openForWriting?: (file: string) => Promise<FileHandle>;
  /** @default the file system's own figure */
  readonly freeBytes?: FreeBytes;
}

const digestPattern = /^sha256:([0-9a-f]{64})$/;

/**
 * The content-addressed folder. Content is written to a temporary file, flushed, and renamed into place: a reader sees
 * a whole file or none, and a crash leaves at most a temporary file.
 */
export function createArtifactStore(options: FolderStoreOptions): ArtifactStore {
  const root = path.resolve(options.folder);
  const openForWriting = options.openForWriting ?? ((file) => open(file, 'wx', 0o444));
  const explain = (error: unknown, neededBytes: number | null) =>
    storageFailure(error, 'the artifact store', root, neededBytes, options.freeBytes ?? freeBytesOf);

  function fileOf(digest: string): string {
    const hex = digestPattern.exec(digest)?.[1];
    if (!hex) {
      throw failure('InvalidInput', `"${digest}" is not a digest: expected sha256:<64 hexadecimal digits>`);
    }
    return path.join(root, 'sha256', hex.slice(0, 2), hex);
  }

  /** Writes what `fill` gives to a temporary file, and moves it to the name that its content has. */
  async function store(
    neededBytes: number | null,
    fill: (file: FileHandle) => Promise<{ digest: string; sizeBytes: number }>,
  ): Promise<{ digest: string; sizeBytes: number }> {
    const temporary = path.join(root, 'tmp', randomUUID());
    try {
      await mkdir(path.dirname(temporary), { recursive: true });
      const file = await openForWriting(temporary);
      let stored: { digest: string; sizeBytes: number };
      try {
        stored = await fill(file);
        await file.sync();
      } finally {
        await file.close();
      }
      const target = fileOf(stored.digest);
      if (!(await hasSize(target, stored.sizeBytes))) await moveInto(temporary, target);
      return stored;
    } catch (error) {
      // First, so that what is told as free does not lack what was half written.
      await rm(temporary, { force: true });
      throw await explain(error, neededBytes);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** The checked file of a digest. */
  async function verifiedFile(digest: string): Promise<string> {
    const file = fileOf(digest);
    const hash = createHash('sha256');
    try {
      await pipeline(createReadStream(file), hash);
    } catch (error) {
      throw missing(error, digest) ?? (await explain(error, null));
    }
    assertDigest(digest, hash.digest('hex'), file);
    return file;
  }

  function missing(error: unknown, digest: string): Error | null {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return null;
    return failure('NotFound', `the artifact store at ${root} has no ${digest}`);
  }

  return {
    async putBytes(content) {
      const digest = digestOf(content);
      if (await hasSize(fileOf(digest), content.byteLength)) return digest;
      await store(content.byteLength, async (file) => {
        await file.writeFile(content);
        return { digest, sizeBytes: content.byteLength };
      });
      return digest;
    },

    async putFile(source) {
      const { size } = await stat(source);
      return store(size, async (file) => {
        const hash = createHash('sha256');
        let sizeBytes = 0;
        for await (const chunk of createReadStream(source) as AsyncIterable<Buffer>) {
          hash.update(chunk);
          sizeBytes += chunk.length;
          await file.writeFile(chunk);
        }
        return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
      });
    },

    async readBytes(digest) {
      const file = fileOf(digest);
      let content: Buffer;
      try {
        content = await readFile(file);
      } catch (error) {
        throw missing(error, digest) ?? (await explain(error, null));
      }
      assertDigest(digest, createHash('sha256').update(content).digest('hex'), file);
      return content;
    },

    async unpack(digest, folder) {
      await unpackPackage(() => verifiedFile(digest), path.resolve(folder));
    },
  };
}

/** The name that content has in the store. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function assertDigest(expected: string, foundHex: string, file: string): void {
  if (expected === `sha256:${foundHex}`) return;
  throw failure(
    'Conflict',
    `${file} no longer matches its digest: it holds sha256:${foundHex}. The disk or somebody changed it; delete the file and build again`,
  );
}

async function hasSize(file: string, sizeBytes: number): Promise<boolean> {
  try {
    return (await stat(file)).size === sizeBytes;
  } catch {
    return false;
  }
}

/** The folder is flushed too: after a power cut a digest that was handed out must still be there. */
async function moveInto(temporary: string, target: string): Promise<void> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  await rename(temporary, target);
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
