import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NotFound, Refused } from './errors';
import { translateError } from './translate-error';

/** `draining`: no new run begins on it, open ones still need its workers. `drained`: none does any more. */
export type WorkerBuildState = 'inactive' | 'current' | 'ramping' | 'draining' | 'drained';

/** One build of the workers, as Temporal's worker versioning knows it. */
export interface WorkerBuild {
  readonly buildId: string;
  readonly state: WorkerBuildState;
  /** ISO-8601; null: it never was. */
  readonly lastCurrentAt: string | null;
}

export interface WorkerBuilds {
  /** What the workers have in F0_DEPLOYMENT_NAME. */
  readonly deploymentName: string;
  /** The build that new runs begin on; null: workers without a version. */
  readonly current: string | null;
  /** The newest first. */
  readonly builds: readonly WorkerBuild[];
}

/** Of gRPC. */
const failedPrecondition = 9;
const { VersionDrainageStatus } = temporal.api.enums.v1;
type Deployment = NonNullable<
  temporal.api.workflowservice.v1.IDescribeWorkerDeploymentResponse['workerDeploymentInfo']
>;
type Summary = NonNullable<Deployment['versionSummaries']>[number];

/** Throws `NotFound` for a deployment that no worker has ever polled for, and `NotReachable`. */
export async function workerBuilds(client: Client, deploymentName: string): Promise<WorkerBuilds> {
  return (await describe(client, deploymentName)).builds;
}

/**
 * Makes new runs begin on `buildId`; again changes nothing. The server takes only a build whose workers poll all task
 * queues that the current one serves: until they do, `Refused` with its reason. Throws `NotFound` and `NotReachable` too.
 */
export async function setCurrentBuild(client: Client, deploymentName: string, buildId: string): Promise<WorkerBuilds> {
  const { builds, conflictToken } = await describe(client, deploymentName);
  if (builds.current === buildId) return builds;
  if (!builds.builds.some((build) => build.buildId === buildId)) {
    const known = builds.builds.map((build) => build.buildId).join(', ');
    throw new NotFound(
      `no worker of the build ${buildId} has polled for ${deploymentName} yet; there are ${known || 'none'}`,
    );
  }
  const { namespace } = client.options;
  try {
    // With the token, so that of two who move it at once the second one learns of the first.
    await client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName,
      buildId,
      conflictToken,
      identity: client.options.identity,
    });
  } catch (error) {
    throw asRefusal(error, `the build ${buildId} of ${deploymentName} cannot become current`);
  }
  return workerBuilds(client, deploymentName);
}

/** Builds with work left that are not among `served`: their open runs would wait for workers that never come. */
export function abandonedBuilds({ builds }: WorkerBuilds, served: readonly string[]): readonly WorkerBuild[] {
  const needed: readonly WorkerBuildState[] = ['current', 'ramping', 'draining'];
  return builds.filter(({ buildId, state }) => needed.includes(state) && !served.includes(buildId));
}

async function describe(
  client: Client,
  deploymentName: string,
): Promise<{ readonly builds: WorkerBuilds; readonly conflictToken: Uint8Array }> {
  const { namespace } = client.options;
  try {
    const answer = await client.workflowService.describeWorkerDeployment({ namespace, deploymentName });
    return { builds: buildsOf(deploymentName, answer.workerDeploymentInfo), conflictToken: answer.conflictToken };
  } catch (error) {
    throw translateError(error, `the worker deployment ${deploymentName}`);
  }
}

function buildsOf(deploymentName: string, info: Deployment | null | undefined): WorkerBuilds {
  const current = info?.routingConfig?.currentDeploymentVersion?.buildId || null;
  const ramping = info?.routingConfig?.rampingDeploymentVersion?.buildId || null;
  const summaries = [...(info?.versionSummaries ?? [])].sort((a, b) => createdSeconds(b) - createdSeconds(a));
  const builds = summaries.map((summary): WorkerBuild => {
    const buildId = summary.deploymentVersion?.buildId ?? '';
    const state = buildId === current ? 'current' : buildId === ramping ? 'ramping' : drainage(summary);
    return { buildId, state, lastCurrentAt: isoOf(summary.lastCurrentTime ?? summary.currentSinceTime) };
  });
  return { deploymentName, current, builds };
}

function drainage({ drainageStatus }: Summary): WorkerBuildState {
  if (drainageStatus === VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING) return 'draining';
  return drainageStatus === VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED ? 'drained' : 'inactive';
}

function createdSeconds({ createTime }: Summary): number {
  return Number(createTime?.seconds ?? 0);
}

function isoOf(time: Summary['lastCurrentTime']): string | null {
  return time ? new Date(Number(time.seconds) * 1000).toISOString() : null;
}

/** Its workers do not poll all queues, or somebody else moved it meanwhile: the server's own words say which. */
function asRefusal(error: unknown, what: string): Error {
  if (isGrpcServiceError(error) && error.code === failedPrecondition)
    return new Refused(`${what}: ${error.details}`, { cause: error });
  return translateError(error, what);
}
