import { readFileSync } from 'node:fs';

/** AES-256 keys by id. Plain data: it goes through configuration, never into a log. */
export interface EncryptionKeys {
  /** Encrypts what is written from now on. */
  readonly active: EncryptionKey;
  /** All of them, the active one too: each decrypts what was written under its id. */
  readonly all: readonly EncryptionKey[];
}

export interface EncryptionKey {
  /** Stands in the metadata of each payload, in the clear: a name or a date, nothing secret. */
  readonly id: string;
  readonly key: Buffer;
}

const keyBytes = 32;
const howTo = 'make one by: openssl rand -base64 32';

/**
 * Reads `id:base64,id:base64`; white space and line ends separate as commas do, so a file of one key a line reads too.
 * To rotate: put the new key first, restart, and keep the old ones until no open or retained run needs them.
 *
 * Throws an Error that names each fault, and never a key, when there is anything else in the text.
 */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  const faults: string[] = [];
  const all = entries.map((entry, index): EncryptionKey => {
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0));
    const key = Buffer.from(entry.slice(colon + 1), 'base64');
    if (id === '') faults.push(`key ${index + 1} has no id: expected id:base64`);
    else if (key.length !== keyBytes)
      faults.push(`key "${id}" has ${key.length} bytes, expected ${keyBytes}; ${howTo}`);
    return { id, key };
  });
  const ids = all.map(({ id }) => id);
  for (const id of new Set(ids.filter((id, index) => id !== '' && ids.indexOf(id) !== index))) {
    faults.push(`key id "${id}" stands there twice: payloads written under it could not be told apart`);
  }
  const [active] = all;
  if (!active) faults.push(`there is no key: expected id:base64; ${howTo}`);
  if (faults.length > 0 || !active) throw new Error(faults.join('; '));
  return { active, all };
}

/**
 * From `F0_ENCRYPTION_KEYS`, else from the file that `F0_ENCRYPTION_KEYS_FILE` names; null when neither is set, and
 * payloads then are not encrypted. Throws an Error that names the variable and each fault.
 */
export function loadEncryptionKeys(env: Readonly<Record<string, string | undefined>>): EncryptionKeys | null {
  const { F0_ENCRYPTION_KEYS: inline, F0_ENCRYPTION_KEYS_FILE: file } = env;
  const name = inline ? 'F0_ENCRYPTION_KEYS' : 'F0_ENCRYPTION_KEYS_FILE';
  try {
    if (inline) return parseEncryptionKeys(inline);
    return file ? parseEncryptionKeys(readFileSync(file, 'utf8')) : null;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
