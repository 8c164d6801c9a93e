import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** What an approval is bound to: the plan (document, steps) and the artifact. Either changes, the approval is void. */
export function approvalSubject(planHash: string, artifactDigest: string | null): string {
  return bytesToHex(sha256(utf8ToBytes(`${planHash}\n${artifactDigest ?? ''}`)));
}
