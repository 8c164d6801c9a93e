import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, Header, type HeaderData } from 'tar';
import { createArtifactStore } from '../../../src/activities/artifacts';
import { useTemporaryFolder } from './temporary-folder';

const folder = useTemporaryFolder();

/** An archive with exactly these headers, however wrong. */
function archive(...entries: readonly (HeaderData & { readonly content?: string })[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...data }) => {
    const block = Buffer.alloc(512);
    const body = Buffer.from(content);
    new Header({ mode: 0o644, size: body.length, type: 'File', ...data }).encode(block);
    return [block, Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

async function unpack(content: Buffer): Promise<string> {
  const store = createArtifactStore({ folder: path.join(folder.path, 'store') });
  const target = path.join(folder.path, 'deep', 'out');
  await store.unpack(await store.putBytes(content), target);
  return target;
}

describe('unpacking a package', () => {
  it('makes the folder with files, modes and inner links, and nothing beside it', async () => {
    const source = path.join(folder.path, 'source');
    await mkdir(path.join(source, 'bin'), { recursive: true });
    await writeFile(path.join(source, 'app.js'), 'run()');
    await writeFile(path.join(source, 'bin', 'tool'), '#!/bin/sh', { mode: 0o755 });
    await symlink('../app.js', path.join(source, 'bin', 'link'));
    const file = path.join(folder.path, 'package.tgz');
    await create({ cwd: source, file, gzip: true }, ['.']);

    const out = await unpack(await readFile(file));

    expect(await readFile(path.join(out, 'app.js'), 'utf8')).toBe('run()');
    expect((await stat(path.join(out, 'bin', 'tool'))).mode & 0o111).toBe(0o111);
    expect(await readlink(path.join(out, 'bin', 'link'))).toBe('../app.js');
    expect(await readdir(path.dirname(out))).toEqual(['out']);
  });

  it('is done once when it is done twice, also at the same time', async () => {
    const store = createArtifactStore({ folder: path.join(folder.path, 'store') });
    const digest = await store.putBytes(archive({ path: 'a.txt', content: 'a' }));
    const out = path.join(folder.path, 'out');

    await Promise.all([store.unpack(digest, out), store.unpack(digest, out), store.unpack(digest, out)]);
    await writeFile(path.join(out, 'mine'), 'kept');
    await store.unpack(digest, out);

    expect(await readdir(out)).toEqual(['a.txt', 'mine']);
    expect(await readdir(folder.path)).toEqual(['out', 'store']);
  });

  const refused: readonly (readonly [string, Buffer])[] = [
    ['a path with ..', archive({ path: '../evil', content: 'x' })],
    ['a path with .. in the middle', archive({ path: 'a/../../evil', content: 'x' })],
    ['an absolute path', archive({ path: '/etc/evil', content: 'x' })],
    ['a Windows path', archive({ path: 'C:\\evil', content: 'x' })],
    ['a link to an absolute path', archive({ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' })],
    ['a link that leaves', archive({ path: 'a/b', type: 'SymbolicLink', linkpath: '../../x' })],
    [
      'a link that leaves through another link',
      archive(
        { path: 'p/q/up', type: 'SymbolicLink', linkpath: '../..' },
        { path: 'out', type: 'SymbolicLink', linkpath: 'p/q/up/../x' },
      ),
    ],
    [
      'a file behind a link',
      archive({ path: 'd', type: 'SymbolicLink', linkpath: 'e' }, { path: 'd/file', content: 'x' }),
    ],
    ['a hard link that leaves', archive({ path: 'a', type: 'Link', linkpath: '../../etc/passwd' })],
    ['a device', archive({ path: 'null', type: 'CharacterDevice' })],
    ['a good file with a bad one after it', archive({ path: 'ok', content: 'x' }, { path: '../evil', content: 'x' })],
    ['what is no archive', Buffer.from('this is not a tar file at all')],
    ['an archive that is cut off', archive({ path: 'a', content: 'x'.repeat(5_000) }).subarray(0, 60)],
  ];
  it.each(refused)('refuses %s, and leaves nothing behind', async (_, content) => {
    await expect(unpack(content)).rejects.toMatchObject({ type: 'InvalidInput', nonRetryable: true });

    expect(await readdir(folder.path)).toEqual(['store']);
  });
});
