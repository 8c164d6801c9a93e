import type { AuditEntry } from '../../contracts/audit';
import type { CommandInput } from '../../contracts/messages';
import { type Proof, type SignedCommand, statementOf } from '../../contracts/proof';
import { signatureHolds } from '../../contracts/signature';

export interface PublicKey {
  readonly id: string;
  /** 32 bytes, base64. */
  readonly publicKey: string;
}

export interface SignatureVerification {
  readonly valid: boolean;
  /** Entries with a signature. */
  readonly signed: number;
  /** Approvals and rejections that were counted without one. */
  readonly unsigned: number;
  /** A sentence each, with the row's number. */
  readonly problems: readonly string[];
}

/** What was signed, by what the trail calls it. */
const commandOf: Readonly<Record<string, SignedCommand>> = {
  'approval.decided': 'decide',
  'stage.skipped': 'skip',
  'release.paused': 'pause',
  'release.resumed': 'resume',
  'release.abort': 'abort',
  'release.rollback': 'rollback',
  'deployment.paused': 'pause',
  'deployment.resumed': 'resume',
  'deployment.abort': 'abort',
  'deployment.rollback': 'rollback',
};

/** Checks the signatures that a trail keeps against public keys, with no system at hand. */
export async function verifySignatures(
  rows: AsyncIterable<{ readonly sequence: number; readonly entry: AuditEntry }>,
  keys: readonly PublicKey[],
): Promise<SignatureVerification> {
  let signed = 0;
  let unsigned = 0;
  const problems: string[] = [];
  for await (const { sequence, entry } of rows) {
    const message = entry.details?.signed as CommandInput | undefined;
    if (!message) {
      if (entry.action === 'approval.decided') unsigned += 1;
      continue;
    }
    signed += 1;
    const fault = faultOf(entry, message, keys);
    if (fault) problems.push(`row ${sequence} (${entry.action} in ${entry.workflowId}): ${fault}`);
  }
  return { valid: problems.length === 0, signed, unsigned, problems };
}

function faultOf({ action, actor }: AuditEntry, message: CommandInput, keys: readonly PublicKey[]): string | null {
  const { proof, by } = message;
  const command = commandOf[action];
  if (!proof || !command) return 'what it keeps is no signed message';
  if (proof.claims.name !== by.name || by.name !== actor.name) {
    return `it says that ${actor.name} did it, and the proof is for ${proof.claims.name}`;
  }
  const candidates = keys.filter(({ id }) => id === proof.keyId);
  if (candidates.length === 0) return `key ${proof.keyId} is not among the keys that were given`;
  const holds = candidates.some(({ publicKey }) => isSignedBy(publicKey, command, { ...message, proof }));
  return holds ? null : `the signature does not fit the message and key ${proof.keyId}`;
}

function isSignedBy(publicKey: string, command: SignedCommand, message: { readonly proof: Proof }): boolean {
  return signatureHolds(statementOf(command, message), message.proof.signature, publicKey);
}
