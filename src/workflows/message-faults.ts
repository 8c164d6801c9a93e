import type { VerdictReason } from '../contracts/analysis';
import type {
  AcquireInput,
  CommandInput,
  DecideInput,
  FreezeInput,
  ReleaseEnvironmentInput,
  StageProgress,
} from '../contracts/messages';
import type { Claims, Proof } from '../contracts/proof';

// A plain client may send anything, and an exception in a handler would stall the workflow: the shape of every message
// that can come from outside is checked before it is used. Each answers what is wrong as a sentence, or null.

export function senderFault(input: unknown): string | null {
  const message = asObject<CommandInput>(input);
  if (!message) return 'the message must be one object: { by: { name }, reason }';
  if (typeof message.by?.name !== 'string' || message.by.name === '')
    return 'the message must say who sends it: by.name';
  if (!isOptionalText(message.reason)) return 'reason must be text';
  return message.proof === undefined ? null : proofFault(message);
}

function proofFault({ by, reason, proof }: Partial<CommandInput>): string | null {
  const { keyId, workflowId, claims, signedAt, signature } = asObject<Proof>(proof) ?? {};
  const { iss, sub, name, roles } = asObject<Claims>(claims) ?? {};
  if (![keyId, workflowId, signature, iss, sub, name].every(isText))
    return 'a proof must be { keyId, workflowId, claims: { iss, sub, name }, signedAt, signature }';
  if (!isText(signedAt) || Number.isNaN(Date.parse(signedAt)))
    return `signedAt of a proof must be a time (ISO-8601): ${String(signedAt)}`;
  if (roles !== undefined && !Array.isArray(roles)) return 'roles in the claims of a proof must be a list';
  if (typeof reason !== 'string') return 'a signed message must give its reason, be it empty';
  if (by?.source !== 'signed' && by?.source !== 'oidc') return 'by.source of a signed message must be signed or oidc';
  return null;
}

export function decisionFault(input: DecideInput): string | null {
  if (!isText(input.stage)) return 'the decision must name the stage';
  if (input.verdict !== 'approve' && input.verdict !== 'reject') return 'verdict must be approve or reject';
  if (!isOptionalText(input.gate)) return "gate must be the gate's name";
  if (!isOptionalText(input.subject)) return 'subject must be the hash that was looked at';
  if (!isOptionalText(input.askedAt)) return 'askedAt must be when the question was asked that was looked at';
  if (input.proof && !(isText(input.gate) && isText(input.subject) && isText(input.askedAt)))
    return 'a signed decision must name what it answers: gate, subject and askedAt';
  return null;
}

export function acquireFault(input: unknown): string | null {
  const request = asObject<AcquireInput>(input);
  if (!request || !isText(request.holder) || !isText(request.app) || !isText(request.release))
    return 'the request must say who asks, for which app and release: { holder, app, release, ... }';
  return null;
}

export function releaseFault(input: unknown): string | null {
  const request = asObject<ReleaseEnvironmentInput>(input);
  if (!request || !isText(request.holder)) return 'the message must say who gives the environment back: holder';
  if (request.outcome === undefined || request.serving === undefined || request.rejected === undefined)
    return 'the message must say what serves: { holder, outcome, serving, rejected }';
  return null;
}

export function freezeFault(input: unknown): string | null {
  const fault = senderFault(input);
  if (fault) return fault;
  const { id, until } = input as FreezeInput;
  if (!isText(id)) return 'a freeze must have an id';
  if (until !== null && (!isText(until) || Number.isNaN(Date.parse(until))))
    return `until must be a time (ISO-8601), or null: ${String(until)}`;
  return null;
}

export function isVerdictReason(input: unknown): input is VerdictReason {
  return isText(asObject<VerdictReason>(input)?.message);
}

export function isStageProgress(input: unknown): input is StageProgress {
  const progress = asObject<StageProgress>(input);
  return isText(progress?.stage) && isText(progress.status?.phase) && Array.isArray(progress.status.awaiting);
}

/** The message as an object of optional fields; null when it is none. */
export function asObject<T>(input: unknown): Partial<T> | null {
  return typeof input === 'object' && input !== null ? (input as Partial<T>) : null;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
