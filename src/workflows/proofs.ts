import type { Identity } from '../contracts/identity';
import type { CommandInput } from '../contracts/messages';
import { type Proof, type SignedCommand, statementOf } from '../contracts/proof';
import { signatureHolds } from '../contracts/signature';
import type { AwaitingApproval } from '../contracts/status';
import type { UsedProof } from '../contracts/workflows';
import { hashOf } from '../definition/hash';
import type { SigningPlan } from '../definition/release-plan';
import type { TrailEvent } from './trail';

/** A proof is for now: long enough for a queue of messages and a worker that restarts, too short to keep for later. */
const freshMinutes = 10;
/** How far the signer's clock may be ahead of the server's. */
const aheadMinutes = 1;

/** What lets a release go on, so that an unsigned one may be refused. What stops it or takes it back never is. */
const letsGoOn: readonly SignedCommand[] = ['decide', 'resume', 'skip'];

export interface ProofRoom {
  readonly signing: SigningPlan | undefined;
  /** This workflow, and the pipeline that hands its messages on to it. */
  readonly workflowIds: readonly string[];
  /** ISO-8601: proofs from before are for an earlier run of the same name. */
  readonly since: string;
}

export interface Judgement<Input> {
  /** The message, its sender called what the proof makes of them. */
  readonly input: Input;
  /** Why it does not count, as a sentence; null when it may. */
  readonly refusal: string | null;
}

/** Who a message is from, as far as that can be shown: checks the proofs of one run, and takes none twice. */
export class Proofs {
  private taken: UsedProof[];

  constructor(
    private readonly room: ProofRoom,
    taken: readonly UsedProof[] = [],
  ) {
    this.taken = [...taken];
  }

  /** Those that may still be sent again. */
  usedAt(now: number): readonly UsedProof[] {
    return this.taken.filter(({ signedAt }) => now - Date.parse(signedAt) <= freshMinutes * 60_000);
  }

  /** What an approval says of them. */
  get asked(): Pick<AwaitingApproval, 'proof'> {
    const { signing } = this.room;
    if (!signing) return {};
    return { proof: signing.unsignedApprovals ? 'accepted' : 'required' };
  }

  /** Without signing keys, every name is taken as it is given: a claim. */
  judge<Input extends CommandInput>(command: SignedCommand, input: Input, now: number): Judgement<Input> {
    const { signing } = this.room;
    if (!signing) return { input: claimed(input), refusal: null };
    const { proof } = input;
    const needed = letsGoOn.includes(command);
    if (!proof) {
      const refusal = needed && !signing.unsignedApprovals ? unsignedText(command) : null;
      return { input: claimed(input), refusal };
    }
    const fault = this.faultOf(command, { ...input, proof }, signing, now);
    if (fault) return { input: claimed(input), refusal: needed ? fault : null };
    this.taken = [
      ...this.usedAt(now),
      { hash: hashOf(statementOf(command, { ...input, proof })), signedAt: proof.signedAt },
    ];
    return { input, refusal: null };
  }

  private faultOf(
    command: SignedCommand,
    message: CommandInput & { readonly proof: Proof },
    { keys }: SigningPlan,
    now: number,
  ): string | null {
    const { by, proof } = message;
    const key = keys.find(({ id }) => id === proof.keyId);
    if (!key) {
      return `key ${proof.keyId} is not among the signing keys of this run (${keys.map(({ id }) => id).join(', ')}): sign with one of them`;
    }
    if (!this.room.workflowIds.includes(proof.workflowId)) {
      return `the proof is for ${proof.workflowId}, and this is ${this.room.workflowIds[0]}`;
    }
    if (proof.claims.name !== by.name) {
      return `the proof is for ${proof.claims.name} (claims.name), and the message says that ${by.name} sends it`;
    }
    if (key.people && !key.people.includes(by.name)) {
      return `key ${key.id} signs for ${key.people.join(', ')}, not for ${by.name}`;
    }
    const statement = textOf(command, message);
    if (statement === null || !signatureHolds(statement, proof.signature, key.publicKey)) {
      return `the signature does not fit the message and key ${key.id}: something was changed after it was signed, or another key signed it`;
    }
    return this.timeFault(proof, now) ?? this.repeatFault(statement);
  }

  private timeFault({ signedAt }: Proof, now: number): string | null {
    const at = Date.parse(signedAt);
    const clock = new Date(now).toISOString();
    if (now - at > freshMinutes * 60_000) {
      return `the proof was signed at ${signedAt}, more than ${freshMinutes} minutes before ${clock}: sign again`;
    }
    if (at - now > aheadMinutes * 60_000) {
      return `the proof was signed at ${signedAt}, which is ahead of ${clock}: set the signer's clock, then sign again`;
    }
    if (at < Date.parse(this.room.since)) {
      return `the proof was signed at ${signedAt}, before this run began at ${this.room.since}: sign again`;
    }
    return null;
  }

  private repeatFault(statement: string): string | null {
    const hash = hashOf(statement);
    return this.taken.some((used) => used.hash === hash)
      ? 'the proof has been used already: sign each message anew'
      : null;
  }
}

/** What the trail keeps of a command: who, why, and with a proof the whole message, so that it can be checked later. */
export function saidBy(input: CommandInput, words: string): Pick<TrailEvent, 'actor' | 'message' | 'details'> {
  const { by, reason, proof } = input;
  const message = `${words}${reason ? ` (${reason})` : ''}${proof ? `, signed with ${proof.keyId}` : ''}`;
  return { actor: by, message, ...(proof ? { details: { signed: input } } : {}) };
}

/** The sender without a proof: a name that somebody gave. */
function claimed<Input extends CommandInput>({ proof: _, ...input }: Input): Input {
  const { name, source } = input.by;
  return {
    ...input,
    reason: input.reason ?? '',
    by: { name, source: claims.includes(source) ? source : 'cli' },
  } as Input;
}

/** `system` is how workflows call themselves when they hand a command on. */
const claims: readonly Identity['source'][] = ['os', 'cli', 'system'];

function unsignedText(command: SignedCommand): string {
  return `this platform takes no unsigned ${command} (identity.unsigned_approvals is false): sign it with one of its keys, as the console and f0 with --key FILE do`;
}

/** Null: it has no canonical JSON. */
function textOf(command: SignedCommand, message: CommandInput & { readonly proof: Proof }): string | null {
  try {
    return statementOf(command, message);
  } catch {
    return null;
  }
}
