import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InvalidInput } from './errors';
import { createDecisionSigner, type DecisionSigner, newSigningKey } from './signing';

/** Others may neither read nor write it; a group may read, as it may where Kubernetes mounts secrets. */
const tooOpen = 0o027;

/** Throws `InvalidInput` when the file is not there, open to others, or no key. */
export function readSigningKey(file: string, keyId?: string): DecisionSigner {
  return createDecisionSigner({ privateKey: readKeyFile(file), ...(keyId ? { keyId } : {}) });
}

/** Makes a key in a file of its own, for its owner's eyes only. Throws `InvalidInput` when something is there already. */
export function createSigningKey(file: string, keyId?: string): DecisionSigner {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, newSigningKey(), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new InvalidInput(`${file} is there already: a key is never written over, move it away or name another file`);
  }
  return readSigningKey(file, keyId);
}

function readKeyFile(file: string): string {
  try {
    const { mode } = statSync(file);
    if (process.platform !== 'win32' && (mode & tooOpen) !== 0) {
      throw new InvalidInput(`${file} is open to others (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file; f0 keys create makes one' : message;
    throw new InvalidInput(`the signing key ${file} cannot be read: ${why}`);
  }
}
