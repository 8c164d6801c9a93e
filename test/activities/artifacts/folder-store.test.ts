import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createArtifactStore } from '../../../src/activities/artifacts';
import { useTemporaryFolder } from './temporary-folder';

const folder = useTemporaryFolder();
const hello = Buffer.from('hello');
const helloHex = createHash('sha256').update(hello).digest('hex');
const helloDigest = `sha256:${helloHex}`;

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

describe('the content-addressed folder', () => {
  it('names bytes by their SHA-256, read-only, and leaves no temporary file', async () => {
    const store = createArtifactStore({ folder: folder.path });

    const digest = await store.putBytes(hello);

    expect(digest).toBe(helloDigest);
    expect(await filesBelow(folder.path)).toEqual([`sha256/${helloHex.slice(0, 2)}/${helloHex}`]);
    expect(Buffer.from(await store.readBytes(digest))).toEqual(hello);
    const { mode } = await stat(path.join(folder.path, 'sha256', helloHex.slice(0, 2), helloHex));
    expect(mode & 0o222).toBe(0);
  });

  it('gives back any bytes, stored as bytes or as a file, under one digest', async () => {
    const store = createArtifactStore({ folder: path.join(folder.path, 'store') });
    const source = path.join(folder.path, 'source');

    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (content) => {
        await writeFile(source, content);
        const digest = await store.putBytes(content);
        expect(await store.putFile(source)).toEqual({ digest, sizeBytes: content.length });
        expect(Buffer.from(await store.readBytes(digest))).toEqual(Buffer.from(content));
      }),
      { numRuns: 30 },
    );
  });

  it('stores the same bytes from many writers at once as one file', async () => {
    const store = createArtifactStore({ folder: folder.path });

    const digests = await Promise.all(Array.from({ length: 20 }, () => store.putBytes(hello)));

    expect(new Set(digests)).toEqual(new Set([helloDigest]));
    expect(await filesBelow(folder.path)).toHaveLength(1);
  });

  it('does not write again what it has', async () => {
    let opened = 0;
    const store = createArtifactStore({
      folder: folder.path,
      openForWriting: (file) => {
        opened += 1;
        return open(file, 'wx');
      },
    });

    await store.putBytes(hello);
    await store.putBytes(hello);

    expect(opened).toBe(1);
  });

  it('reads only what still matches its digest, and names the file that does not', async () => {
    const store = createArtifactStore({ folder: folder.path });
    await store.putBytes(hello);
    const file = path.join(folder.path, 'sha256', helloHex.slice(0, 2), helloHex);
    await chmod(file, 0o644);
    await writeFile(file, 'jello');

    const failed = { type: 'Conflict', nonRetryable: true, message: expect.stringContaining(file) };
    await expect(store.readBytes(helloDigest)).rejects.toMatchObject(failed);
    await expect(store.unpack(helloDigest, path.join(folder.path, 'out'))).rejects.toMatchObject(failed);
  });

  it.each([
    '',
    'hello',
    'sha256:abc',
    `md5:${helloHex}`,
    `sha256:../../${helloHex}`,
    `sha256:${helloHex.toUpperCase()}`,
  ])('refuses %j as a digest', async (digest) => {
    const store = createArtifactStore({ folder: folder.path });

    await expect(store.readBytes(digest)).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('says NotFound for content it never had', async () => {
    const store = createArtifactStore({ folder: folder.path });

    await expect(store.readBytes(helloDigest)).rejects.toMatchObject({ type: 'NotFound' });
    await expect(store.unpack(helloDigest, path.join(folder.path, 'out'))).rejects.toMatchObject({ type: 'NotFound' });
  });

  it('says how much was needed and what is free when a write finds the disk full, and keeps nothing', async () => {
    const store = createArtifactStore({
      folder: folder.path,
      freeBytes: async () => 512 * 1024,
      openForWriting: async (file) => {
        const handle = await open(file, 'wx');
        handle.writeFile = async () => {
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        };
        return handle;
      },
    });

    await expect(store.putBytes(Buffer.alloc(2 * 1024 ** 2))).rejects.toMatchObject({
      type: 'Unavailable',
      nonRetryable: false,
      message: `the artifact store at ${folder.path} is full: 2 MiB were needed, 512 KiB are free. Free some space; it is tried again`,
    });
    expect(await filesBelow(folder.path)).toEqual([]);
  });

  it('says PermissionDenied when its folder cannot be written', async () => {
    const store = createArtifactStore({
      folder: folder.path,
      openForWriting: async () => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    });

    await expect(store.putBytes(hello)).rejects.toMatchObject({
      type: 'PermissionDenied',
      message: expect.stringContaining(folder.path),
    });
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Mounting needs root; elsewhere the injected write error above stands for it.
(mayMount ? describe : describe.skip)('on a disk that is really full', () => {
  it('answers Unavailable, keeps what it had, and goes on when space is freed', async () => {
    const disk = path.join(folder.path, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'f0-test', disk]);
    try {
      const store = createArtifactStore({ folder: disk });
      const small = await store.putBytes(Buffer.alloc(256 * 1024, 1));
      const large = Buffer.alloc(900 * 1024, 2);
      const source = path.join(folder.path, 'large');
      await writeFile(source, large);

      const full = {
        type: 'Unavailable',
        message: expect.stringMatching(/is full: 900 KiB were needed, \d+ KiB are free/),
      };
      await expect(store.putBytes(large)).rejects.toMatchObject(full);
      await expect(store.putFile(source)).rejects.toMatchObject(full);

      expect(await filesBelow(disk)).toHaveLength(1);
      expect((await store.readBytes(small)).length).toBe(256 * 1024);
      execFileSync('mount', ['-o', 'remount,size=4m', disk]);
      expect(await store.putBytes(large)).toMatch(/^sha256:/);
      expect(await readFile(source)).toEqual(large);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
