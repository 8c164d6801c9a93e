import canonicalize from 'canonicalize';

/** Who somebody is, in the words of whoever established it. */
export interface Claims {
  /** Who says so: the address of an identity provider, or `os`: the accounts of the signer's machine. */
  readonly iss: string;
  /** The issuer's own name of the person, which never changes. */
  readonly sub: string;
  /** The name that approvals and directories go by. */
  readonly name: string;
  /** For the record. What counts are the roles that the platform gives. */
  readonly roles?: readonly string[];
}

/** Shows that a message was made by the holder of a key, for one workflow, a short time ago. */
export interface Proof {
  /** One of the platform's signing keys. */
  readonly keyId: string;
  /** The workflow that the message is for: no other one takes it. */
  readonly workflowId: string;
  readonly claims: Claims;
  /** ISO-8601. */
  readonly signedAt: string;
  /** Ed25519 over `statementOf`, base64. */
  readonly signature: string;
}

/** What a proof is before it is signed. */
export type Assertion = Omit<Proof, 'signature'>;

/** The messages that can be signed. */
export type SignedCommand = 'decide' | 'pause' | 'resume' | 'abort' | 'rollback' | 'skip';

/**
 * What is signed: the whole message, what it is taken for, and the proof without its signature, as canonical JSON (RFC
 * 8785). A signature for one purpose is none for another.
 */
export function statementOf(command: SignedCommand, message: { readonly proof: Assertion | Proof }): string {
  const { signature: _, ...assertion } = message.proof as Proof;
  return canonicalize({ purpose: 'framework0.io/v1', command, message: { ...message, proof: assertion } }) ?? '';
}
