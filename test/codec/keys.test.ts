import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEncryptionKeys, parseEncryptionKeys } from '../../src/codec';

const base64 = randomBytes(32).toString('base64');

describe('encryption keys', () => {
  it('encrypt with the first, decrypt with all', () => {
    const keys = parseEncryptionKeys(`new:${base64}, old:${randomBytes(32).toString('base64')}`);

    expect(keys.active.id).toBe('new');
    expect(keys.all.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(keys.active.key.toString('base64')).toBe(base64);
  });

  it('come from a file of one key a line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'f0-keys-'));
    try {
      const file = join(folder, 'keys');
      writeFileSync(file, `new:${base64}\nold:${base64}\n`);

      expect(loadEncryptionKeys({ F0_ENCRYPTION_KEYS_FILE: file })?.all).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are none when nothing is set', () => {
    expect(loadEncryptionKeys({})).toBeNull();
  });

  it('name every fault at once and never show a key', () => {
    const short = randomBytes(16).toString('base64');

    const load = () => loadEncryptionKeys({ F0_ENCRYPTION_KEYS: `a:${base64},a:${base64},b:${short},${base64}` });

    expect(load).toThrow(/F0_ENCRYPTION_KEYS: key "b" has 16 bytes, expected 32/);
    expect(load).toThrow(/key 4 has no id/);
    expect(load).toThrow(/key id "a" stands there twice/);
    expect(load).not.toThrow(new RegExp(base64.slice(0, 12).replaceAll('+', '\\+')));
  });

  it('say which file is missing', () => {
    expect(() => loadEncryptionKeys({ F0_ENCRYPTION_KEYS_FILE: '/no/such/file' })).toThrow(
      /F0_ENCRYPTION_KEYS_FILE: .*\/no\/such\/file/,
    );
  });
});
