import type { AcknowledgeInput, AlertBatch, AlertFact, SilenceInput } from '../contracts/alerting';
import { asObject, isText, senderFault } from './message-faults';

export { senderFault };

/** A batch that is none is dropped whole: an exception would stall every alert of the namespace. */
export function isAlertBatch(input: unknown): input is AlertBatch {
  const batch = asObject<AlertBatch>(input);
  const config = asObject<AlertBatch['config']>(batch?.config);
  if (!Array.isArray(config?.channels) || !Array.isArray(config?.alerting?.routes)) return false;
  return Array.isArray(batch?.facts) && batch.facts.every(isFact);
}

function isFact(input: unknown): boolean {
  const fact = asObject<AlertFact>(input);
  if (!isText(fact?.fingerprint) || !isText(fact.name) || !isText(fact.at)) return false;
  if (Number.isNaN(Date.parse(fact.at)) || asObject(fact.labels) === null) return false;
  return fact.state === 'firing' || fact.state === 'resolved';
}

export function acknowledgeFault(input: AcknowledgeInput): string | null {
  return senderFault(input) ?? (isText(input.fingerprint) ? null : 'the message must name the alert: fingerprint');
}

export function silenceFault(input: SilenceInput): string | null {
  const fault = senderFault(input);
  if (fault) return fault;
  const silence = asObject<SilenceInput['silence']>(input.silence);
  const matchers = asObject<Record<string, unknown>>(silence?.matchers);
  if (!matchers || Object.keys(matchers).length === 0) return 'a silence must say what it is about: matchers';
  if (!Object.values(matchers).every((value) => typeof value === 'string')) return 'matchers must be texts by label';
  if (!isText(silence?.reason)) return 'a silence must have a reason';
  if (!isText(silence.until) || Number.isNaN(Date.parse(silence.until))) return 'until must be a time (ISO-8601)';
  return null;
}
