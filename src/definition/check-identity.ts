import { base64 } from '@scure/base';
import { at } from './findings';
import type { NormalStage } from './normal-stage';
import type { StagePlan } from './release-plan';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';

const path = ['spec', 'identity'] as const;
const keyBytes = 32;

/** Keys that nothing could be signed with, and approvals that nobody could give. */
export function identityFaults({ identity }: ProductionPlatform['spec']): readonly Fault[] {
  const { signing_keys: keys = [], unsigned_approvals: unsigned } = identity ?? {};
  const faults = keys.flatMap(({ id, public_key: key }, index) => [
    ...keyFaults(key, index),
    ...(keys.findIndex((other) => other.id === id) < index ? [repeated(id, index)] : []),
  ]);
  if (unsigned !== false || keys.length > 0) return faults;
  const message = 'approvals must be signed, and there is no key to sign them with';
  return [{ path: [...path, 'unsigned_approvals'], message, expected: 'signing_keys beside it, or true' }];
}

/** A gate of more than this machine whose platform does not say whether anybody's word is enough. */
export function unsignedWarnings(
  { spec }: ProductionPlatform,
  stages: readonly NormalStage[],
  plans: readonly StagePlan[],
): readonly Fault[] {
  if (spec.identity?.unsigned_approvals !== undefined) return [];
  const gated = plans.find(({ gates, deployment }) => gates.length > 0 && deployment?.cluster.type === 'kubernetes');
  const stage = stages.find(({ spec: { name } }) => name === gated?.name);
  if (!stage) return [];
  const message = 'unsigned approvals count here: whoever reaches Temporal may approve under any name';
  const expected = 'identity.unsigned_approvals in the platform: false with signing_keys, or true to accept that';
  return [{ path: at(stage, 'name'), message, expected }];
}

function keyFaults(key: string, index: number): readonly Fault[] {
  const length = decodedLength(key);
  if (length === keyBytes) return [];
  const message =
    length === null
      ? 'the public key is not base64'
      : `the public key has ${length} bytes, and Ed25519 keys have ${keyBytes}`;
  const expected = 'the line that f0 keys create prints';
  return [{ path: [...path, 'signing_keys', index, 'public_key'], message, expected }];
}

function decodedLength(text: string): number | null {
  try {
    return base64.decode(text).length;
  } catch {
    return null;
  }
}

function repeated(id: string, index: number): Fault {
  const message = `there is a signing key "${id}" already`;
  return { path: [...path, 'signing_keys', index, 'id'], message, expected: 'an id that no other key has' };
}
