import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { Gzip } from 'fflate';
import { create } from 'tar';
import { readInnerLink, type SourceEntry } from './source-files';

export interface PackedFile {
  readonly path: string;
  /** SHA-256, hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Packs a folder into a gzipped tar whose bytes depend on nothing but names, contents, links and whether a file is
 * executable: sorted, no times, no owners, fixed modes. Compressed by fflate, because zlib's output differs between
 * processors and versions, and the digest must not.
 */
export async function packFolder(
  folder: string,
  entries: readonly SourceEntry[],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of entries) if (entry.type === 'link') await readInnerLink(folder, entry.path);
  const tar = create(
    {
      cwd: folder,
      portable: true,
      noDirRecurse: true,
      strict: true,
      // Compressing holds the event loop for one chunk at a time: some milliseconds for this size.
      maxReadSize: 128 * 1024,
      mtime: new Date(0),
      // Whether two files happen to be one on this disk is nothing of the package's.
      linkCache: new NoLinks(),
      onWriteEntry: (entry) => {
        if (entry.stat) entry.stat.mode = fixedMode(entry.stat.mode, entry.type === 'Directory');
      },
    },
    // A name that begins with @ would be read as an archive to include.
    entries.map((entry) => `./${entry.path}`),
  );
  const output = await open(file, 'wx');
  try {
    await gzipInto(output, tar, signal);
  } finally {
    await output.close();
  }
}

class NoLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

function fixedMode(mode: number, isFolder: boolean): number {
  const type = mode & ~0o7777;
  return type | (isFolder || (mode & 0o111) !== 0 ? 0o755 : 0o644);
}

async function gzipInto(output: FileHandle, content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const pending: Uint8Array[] = [];
  const gzip = new Gzip({ level: 6, mtime: 0 }, (chunk) => pending.push(chunk));
  const flush = async () => {
    for (const chunk of pending.splice(0)) await output.writeFile(chunk);
  };
  for await (const chunk of content) {
    signal.throwIfAborted();
    gzip.push(chunk);
    await flush();
  }
  gzip.push(new Uint8Array(0), true);
  await flush();
}

/** The files of a folder with their hashes: for the bill of materials, and for the digest of a source. */
export async function hashFiles(folder: string, entries: readonly SourceEntry[]): Promise<readonly PackedFile[]> {
  const files: PackedFile[] = [];
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    const full = path.join(folder, entry.path);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(full) as AsyncIterable<Buffer>) hash.update(chunk);
    files.push({ path: entry.path, sha256: hash.digest('hex'), sizeBytes: (await lstat(full)).size });
  }
  return files;
}

/** One digest (hex) over names and contents: tells whether two sources are the same. */
export function treeDigest(files: readonly PackedFile[]): string {
  const hash: Hash = createHash('sha256');
  for (const file of files) hash.update(`${file.sha256}  ${file.path}\n`);
  return hash.digest('hex');
}
