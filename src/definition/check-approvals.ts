import { parseDuration } from './duration';
import { at, type Findings, oneOf } from './findings';
import { nearestName } from './nearest-name';
import type { NormalStage } from './normal-stage';
import type { ProductionPlatform } from './schema/production-platform';
import type { ApprovalSpec, ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';

interface Place {
  readonly path: Fault['path'];
  readonly approval: ApprovalSpec;
}

/** Gates that nobody could ever pass, and settings of gates that are never asked. */
export function approvalFaults(
  workflow: ProductionWorkflow,
  stages: readonly NormalStage[],
  platform: ProductionPlatform | null,
): Findings {
  const places = placesOf(workflow, stages);
  const errors = places.flatMap((place) => [
    ...quorumFaults(place),
    ...reminderFaults(place),
    ...(platform ? roleFaults(place, platform) : []),
  ]);
  return {
    errors: [...errors, ...unasked(workflow, stages)],
    warnings: places.flatMap((place) => (platform ? strangers(place, platform) : [])),
  };
}

function placesOf({ spec }: ProductionWorkflow, stages: readonly NormalStage[]): readonly Place[] {
  const canary = stages.flatMap((stage) => {
    const { strategy } = stage.spec;
    const steps = typeof strategy === 'object' ? (strategy.canary?.steps ?? []) : [];
    return steps.map((step, index) => ({
      path: at(stage, 'strategy', 'canary', 'steps', index, 'approve'),
      approval: 'approve' in step ? step.approve : undefined,
    }));
  });
  const all = [
    ...Object.entries(spec.environments).map(([name, { approval }]) => ({
      path: ['spec', 'environments', name, 'approval'],
      approval,
    })),
    ...stages.map((stage) => ({ path: at(stage, 'approval'), approval: stage.spec.approval })),
    ...canary,
  ];
  return all.flatMap(({ path, approval }) => (approval ? [{ path, approval }] : []));
}

function quorumFaults({ path, approval }: Place): Fault[] {
  const { approvers = [], roles = [], quorum = 1, escalate_to: others = [] } = approval;
  const people = new Set([...approvers, ...others]).size;
  if (approvers.length === 0 || roles.length > 0 || people >= quorum) return [];
  const message = `${quorum} approvals are asked and ${people} people may give one`;
  return [{ path: [...path, 'quorum'], message, expected: `at most ${people}` }];
}

function reminderFaults({ path, approval }: Place): Fault[] {
  const reminder = parseDuration(approval.remind_every ?? '');
  const expiry = parseDuration(approval.expires_in ?? '24h');
  if (reminder === null || expiry === null || reminder < expiry) return [];
  const message = `a reminder every ${approval.remind_every} comes after the gate has expired`;
  return [{ path: [...path, 'remind_every'], message, expected: `less than ${approval.expires_in ?? '24h'}` }];
}

function roleFaults({ path, approval }: Place, { spec }: ProductionPlatform): Fault[] {
  const granted = [...new Set(Object.values(spec.identity?.users ?? {}).flatMap(({ roles }) => roles))];
  return (approval.roles ?? []).flatMap((role, index) => {
    if (granted.includes(role)) return [];
    const message = spec.identity?.users
      ? `nobody in the platform has the role "${role}"`
      : `nobody can have the role "${role}": the platform has no identity section`;
    const expected = oneOf(granted, 'approvers by name, or a platform whose identity gives people roles');
    return [{ path: [...path, 'roles', index], message, expected, suggestion: nearestName(role, granted) }];
  });
}

function strangers({ path, approval }: Place, { spec }: ProductionPlatform): Fault[] {
  if (!spec.identity?.users) return [];
  const known = Object.keys(spec.identity.users);
  return (['approvers', 'escalate_to'] as const).flatMap((field) =>
    (approval[field] ?? []).flatMap((name, index) => {
      if (known.includes(name)) return [];
      const message = `"${name}" is not among the platform's users`;
      return [{ path: [...path, field, index], message, suggestion: nearestName(name, known) }];
    }),
  );
}

/** Whoever describes a gate believes that there is one. */
function unasked({ spec }: ProductionWorkflow, stages: readonly NormalStage[]): Fault[] {
  return stages.flatMap((stage) => {
    const { approval, environment } = stage.spec;
    const isAsked =
      stage.asksApproval || (environment !== undefined && spec.environments[environment]?.approval_required);
    if (approval === undefined || isAsked) return [];
    const message = `stage "${stage.spec.name}" says who approves it, and nothing asks them`;
    const expected = 'manual_approval in requires, or approval_required: true in the environment';
    return [{ path: at(stage, 'approval'), message, expected, atKey: true, shape: true }];
  });
}
