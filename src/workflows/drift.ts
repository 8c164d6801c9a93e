import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import type { DeployedRelease } from '../contracts/status';
import type { DriftInput, DriftResult, ReleaseDrift } from '../contracts/workflows';
import { look } from './proxies';
import { Trail } from './trail';

/**
 * What differs in an environment from the releases that serve there, and who has changed it. With `heal` their own fields
 * get the values back that they were deployed with; that is in the audit trail. Never fails: what cannot be asked is told.
 */
export async function drift(input: DriftInput): Promise<DriftResult> {
  const { namespace, environment, heal, by, reason } = input;
  const trail = new Trail({ namespace, environment });
  const releases = await Promise.all(input.serving.map((one, index) => compare(input, one, index)));
  if (heal) {
    const message = `${environment} was healed${reason === '' ? '' : ` (${reason})`}: ${healedText(releases)}`;
    trail.note({ action: 'environment.healed', actor: by, message, details: { releases } });
  }
  await trail.drain();
  upsertSearchAttributes([{ key: searchAttribute.phase, value: Phase.succeeded }]);
  return { namespace, environment, drifted: releases.some(isDrifted), releases };
}

async function compare(input: DriftInput, serving: DeployedRelease, index: number): Promise<ReleaseDrift> {
  const { namespace, environment, heal } = input;
  const { app, region, release, digest, spec, replicas, env, cluster } = serving;
  const told = { app, release, cluster: cluster?.name ?? null };
  if (!cluster) {
    const unavailable = 'it was deployed by a version that did not keep where: known from the next release on';
    return { ...told, report: null, unavailable };
  }
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const key = `${workflowId}/${firstExecutionRunId}/${index + 1}`;
  const summary = `${app} ${release} in ${environment}: ${heal ? 'heal what differs' : 'what differs'}`;
  try {
    const report = await look.detectDrift.executeWithOptions({ summary }, [
      {
        ...{ key, namespace, cluster, environment, ...(region === undefined ? {} : { region }) },
        ...{ app: spec, release, digest, replicas, env, heal },
      },
    ]);
    const none = { objects: [], remarks: [`nobody but us can change anything in clusters of type ${cluster.type}`] };
    return { ...told, report: report ?? none, unavailable: null };
  } catch (error) {
    return { ...told, report: null, unavailable: rootMessage(error) };
  }
}

function isDrifted({ report }: ReleaseDrift): boolean {
  return report?.objects.some(({ healed }) => !healed) ?? false;
}

function healedText(releases: readonly ReleaseDrift[]): string {
  return releases
    .map(({ app, report, unavailable }) => {
      const all = report?.objects ?? [];
      const healed = all.filter((one) => one.healed).map(({ kind, name }) => `${kind} ${name}`);
      const left = all.filter((one) => !one.healed).map(({ kind, name }) => `${kind} ${name}`);
      const parts = [
        ...(healed.length > 0 ? [`healed ${healed.join(', ')}`] : []),
        ...(left.length > 0 ? [`left ${left.join(', ')}`] : []),
      ];
      return `${app}: ${unavailable ?? (parts.join('; ') || 'nothing differed')}`;
    })
    .join('; ');
}
