import { workflowInfo } from '@temporalio/workflow';
import type { PrepareInput, ReleaseRef, ShiftInput, TrafficState } from '../contracts/activities';
import { failure } from '../contracts/errors';
import type { DeployedRelease } from '../contracts/status';
import type { DeploymentPlan } from '../definition/release-plan';
import { deploy } from './proxies';

type Share = Pick<ShiftInput, 'release' | 'weight' | 'otherRelease'>;

/**
 * Moves one release into (or out of) an environment, one effect at a time. Going up and going back are the same calls
 * with the roles swapped: the release that shall serve is the first argument.
 */
export class StepExecutor {
  /** Set with the first change: from here on there is something to undo. */
  touched = false;
  /** On the way back: where hundreds of deployments wait for a worker, these steps go before all others. */
  goesBack = false;
  private sequence = 0;

  constructor(
    private readonly namespace: string,
    private readonly plan: DeploymentPlan,
  ) {}

  prepare(release: DeployedRelease, replicas: number, rolling: boolean): Promise<TrafficState> {
    this.touched = true;
    return deploy.prepareRelease.executeWithOptions(
      this.options(`prepare ${release.release}: ${replicas} replica(s) ready`),
      [this.preparation(release, replicas, rolling)],
    );
  }

  /** Shifts, and checks what was read back: a router that did not follow is a failed step, not a success. */
  async shift(release: DeployedRelease, weight: number, other: DeployedRelease | null): Promise<void> {
    this.touched = true;
    const otherRelease = other?.release ?? null;
    const state = await deploy.shiftTraffic.executeWithOptions(
      this.options(`${weight}% of the traffic to ${release.release}`),
      [{ ...this.reference(release), weight, otherRelease }],
    );
    this.assertShare(state, { release: release.release, weight, otherRelease });
  }

  /**
   * On the way back: makes it ready, and gives it all of the traffic.
   * @param how whether people have to agree, because they alone may
   */
  async bringBack(
    release: DeployedRelease,
    other: DeployedRelease | null,
    how: 'directly' | 'by_request' = 'directly',
  ): Promise<void> {
    this.touched = true;
    const otherRelease = other?.release ?? null;
    const state = await deploy.bringBackRelease.executeWithOptions(
      this.options(`bring ${release.release} back: ${release.replicas} replica(s) ready, 100% of the traffic`),
      [{ ...this.preparation(release, release.replicas, false), otherRelease, goesBack: how }],
    );
    this.assertShare(state, { release: release.release, weight: 100, otherRelease });
  }

  promote(release: DeployedRelease): Promise<TrafficState> {
    this.touched = true;
    return deploy.promoteRelease.executeWithOptions(this.options(`${release.release} becomes the stable release`), [
      this.reference(release),
    ]);
  }

  retire(release: DeployedRelease): Promise<TrafficState> {
    this.touched = true;
    return deploy.retireRelease.executeWithOptions(this.options(`retire ${release.release}`), [
      this.reference(release),
    ]);
  }

  /** Retires a release that has none before it; what others had deployed there serves again. */
  withdraw(release: DeployedRelease): Promise<TrafficState> {
    this.touched = true;
    return deploy.retireRelease.executeWithOptions(this.options(`withdraw ${release.release}`), [
      { ...this.reference(release), withdrawn: true },
    ]);
  }

  /** @param withinSeconds how long a target that does not answer is asked again */
  describe(app: string, withinSeconds = this.patienceSeconds): Promise<TrafficState> {
    return deploy.describeTraffic.executeWithOptions(
      this.options(`what serves in ${this.plan.environment}`, withinSeconds),
      [{ namespace: this.namespace, ...this.place, app }],
    );
  }

  /** A target that is dead for twice the progress deadline fails the step; going back then decides what is left to do. */
  private get patienceSeconds(): number {
    return this.plan.progressDeadlineSeconds * 2;
  }

  private get place(): Pick<ReleaseRef, 'cluster' | 'environment' | 'region'> {
    const { cluster, environment, region } = this.plan;
    return { cluster, environment, ...(region === undefined ? {} : { region }) };
  }

  private preparation(release: DeployedRelease, replicas: number, rolling: boolean): PrepareInput {
    const { progressDeadlineSeconds } = this.plan;
    return { ...this.reference(release), replicas, env: release.env, rolling, progressDeadlineSeconds };
  }

  private assertShare({ weights }: TrafficState, { release, weight, otherRelease }: Share): void {
    const found = weights.find((share) => share.release === release)?.weight ?? 0;
    // With nothing beside it a release has all of the traffic or none, whatever its share was to be; what was there before us
    // is no release of ours, and has the rest.
    const isAlone = otherRelease === null && !weights.some((share) => share.release !== release && share.weight > 0);
    const wanted = isAlone && weight > 0 ? 100 : weight;
    if (found === wanted) return;
    const { environment } = this.plan;
    throw failure('Conflict', `${environment} gives ${release} ${found}% of the traffic after it was told ${wanted}%`);
  }

  private options(summary: string, withinSeconds = this.patienceSeconds) {
    const { region } = this.plan;
    return {
      summary: region === undefined ? summary : `${region}: ${summary}`,
      scheduleToCloseTimeout: withinSeconds * 1000,
      ...(this.goesBack ? { priority: { priorityKey: 1 } } : {}),
    };
  }

  private reference(release: DeployedRelease): ReleaseRef {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    this.sequence += 1;
    return {
      key: [workflowId, firstExecutionRunId, this.plan.region ?? [], this.sequence].flat().join('/'),
      namespace: this.namespace,
      ...this.place,
      app: release.spec,
      release: release.release,
      digest: release.digest,
    };
  }
}

/** `1.2.0 100%`, or what else is so; for reasons that say precisely what serves. */
export function servingText(state: TrafficState | null): string {
  if (!state) return 'what serves is unknown';
  const serving = state.weights.filter(({ weight }) => weight > 0);
  if (serving.length === 0) return 'nothing serves';
  return `${serving.map(({ release, weight }) => (weight === 100 ? release : `${release} (${weight}%)`)).join(' and ')} serves`;
}
