import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecretResolver, isSecretReference } from '../../../src/activities/secrets';
import { useTemporaryFolder } from '../artifacts/temporary-folder';

const folder = useTemporaryFolder();

function resolver() {
  return createSecretResolver({ env: { SMTP_PASSWORD: 'value-of-env', EMPTY: '' }, folder: folder.path });
}

async function secretFile(name: string, content: string, mode = 0o600): Promise<void> {
  await writeFile(path.join(folder.path, name), content);
  await chmod(path.join(folder.path, name), mode);
}

describe('secret references', () => {
  it('are told from values', () => {
    expect(isSecretReference('secret://env/A')).toBe(true);
    expect(isSecretReference('hunter2')).toBe(false);
  });

  it('read the environment', async () => {
    expect(await resolver().resolve('secret://env/SMTP_PASSWORD')).toBe('value-of-env');
  });

  it.each([
    ['value\n', 'value'],
    ['value\r\n', 'value'],
    ['two\nlines\n\n', 'two\nlines\n'],
    [' spaces ', ' spaces '],
  ])('read a file: %j is %j', async (content, value) => {
    await secretFile('token', content);

    expect(await resolver().resolve('secret://file/token')).toBe(value);
  });

  it('read a file behind a link, as Kubernetes mounts them', async () => {
    await mkdir(path.join(folder.path, '..data'));
    await secretFile('..data/token', 'mounted', 0o440);
    await symlink('..data/token', path.join(folder.path, 'token'));

    expect(await resolver().resolve('secret://file/token')).toBe('mounted');
  });

  it.each([0o644, 0o604, 0o620, 0o601])(
    'refuse a file that others may use (mode %o), and say the command that closes it',
    async (mode) => {
      await secretFile('token', 'open', mode);

      await expect(resolver().resolve('secret://file/token')).rejects.toMatchObject({
        type: 'PermissionDenied',
        message: expect.stringContaining(`Run: chmod 600 ${path.join(folder.path, 'token')}`),
      });
    },
  );

  it.each(['../token', 'a/b', '.hidden', '..'])('refuse to leave the folder by %j', async (name) => {
    await expect(resolver().resolve(`secret://file/${name}`)).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('name what is missing and what is near, never a value', async () => {
    await secretFile('database-url', 'value-of-file');

    await expect(resolver().resolve('secret://env/SMTP_PASWORD')).rejects.toMatchObject({
      type: 'NotFound',
      message:
        'secret://env/SMTP_PASWORD: the worker\'s environment has no secret "SMTP_PASWORD". Did you mean "SMTP_PASSWORD"?',
    });
    await expect(resolver().resolve('secret://file/databse-url')).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringMatching(/has no secret "databse-url"\. Did you mean "database-url"\?$/),
    });
  });

  it('name the providers there are when asked for another', async () => {
    await expect(resolver().resolve('secret://fil/token')).rejects.toMatchObject({
      type: 'InvalidInput',
      message: 'secret://fil/token: there is no secret provider "fil"; there are env, file. Did you mean "file"?',
    });
    await expect(resolver().resolve('secret://constructor/token')).rejects.toMatchObject({ type: 'InvalidInput' });
    await expect(resolver().resolve('secret://env/constructor')).rejects.toMatchObject({ type: 'NotFound' });
  });

  it('do not repeat what was given in place of a reference: it may be the secret itself', async () => {
    for (const text of ['hunter2-the-password', 'secret://', 'secret://env', 'secret://env/']) {
      await expect(resolver().resolve(text)).rejects.toMatchObject({ type: 'InvalidInput' });
      await expect(resolver().resolve(text)).rejects.toThrow(expect.not.stringContaining('hunter2'));
    }
  });

  it('refuse an empty secret and one that is too large', async () => {
    await secretFile('empty', '\n');
    await secretFile('large', 'x'.repeat(65 * 1024));

    await expect(resolver().resolve('secret://env/EMPTY')).rejects.toMatchObject({ type: 'InvalidInput' });
    await expect(resolver().resolve('secret://file/empty')).rejects.toMatchObject({ type: 'InvalidInput' });
    await expect(resolver().resolve('secret://file/large')).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('say so when no folder is set up', async () => {
    const secrets = createSecretResolver({ env: {}, folder: null });

    await expect(secrets.resolve('secret://file/token')).rejects.toMatchObject({
      type: 'NotFound',
      message: 'secret://file/token: the secrets folder (none is set up) has no secret "token"',
    });
  });
});
