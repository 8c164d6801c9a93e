import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditEntry } from '../../contracts/audit';
import { failure } from '../../contracts/errors';

/** One link, with the bytes that were hashed. */
export interface Link {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  /** Canonical JSON of the entry. */
  readonly text: string;
}

/**
 * The two hashes have fixed lengths and canonical JSON of an object ends with its brace, so the three parts cannot be
 * cut in another way into the same bytes.
 */
export function hashOf(previousHash: string, text: string, sequence: number): string {
  return createHash('sha256').update(`${previousHash}${text}${sequence}`).digest('hex');
}

/** Thrown when it has no JSON: `InvalidInput`. */
export function canonicalText(entry: AuditEntry): string {
  try {
    const text = canonicalize(entry);
    if (text !== undefined) return text;
  } catch {
    // A cycle, a bigint, NaN: all the same to whoever recorded it.
  }
  throw failure('InvalidInput', `the audit entry ${entry.key} (${entry.action}) is not plain JSON`);
}

/** Adds `texts` behind a chain of `count` links that ends with `lastHash`. */
export function link(texts: readonly string[], count: number, lastHash: string): Link[] {
  let previousHash = lastHash;
  return texts.map((text, index) => {
    const sequence = count + index + 1;
    const made = { sequence, previousHash, hash: hashOf(previousHash, text, sequence), text };
    previousHash = made.hash;
    return made;
  });
}
