import { secondsOf } from './duration';
import type { ApprovalGatePlan } from './release-plan';
import type { ApprovalSpec } from './schema/production-workflow';
import type { TimeScale } from './time-scale';

const defaultExpiry = 86_400;

/** One gate from what the environment and the stage say of it; later ones win field by field. */
export function planGate(
  name: string,
  specs: readonly (ApprovalSpec | undefined)[],
  scale: TimeScale,
): ApprovalGatePlan {
  const spec: ApprovalSpec = Object.assign({}, ...specs);
  return {
    name,
    approvers: spec.approvers ?? [],
    roles: spec.roles ?? [],
    quorum: spec.quorum ?? 1,
    expiresInSeconds: scale.expiry(secondsOf(spec.expires_in, defaultExpiry)),
    remindEverySeconds:
      spec.remind_every === undefined ? null : scale.plain(secondsOf(spec.remind_every, defaultExpiry)),
    escalateTo: spec.escalate_to ?? [],
    allowAuthor: spec.allow_author ?? false,
  };
}
