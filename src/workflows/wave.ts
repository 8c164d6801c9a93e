import type { DeploymentInput } from '../contracts/workflows';
import { planOfRegion, plansByCluster } from '../definition/region-plans';
import type { RegionPlan, SoakStep } from '../definition/release-plan';
import { Place } from './place';

/** Places that get the release side by side. An environment without regions is one wave of one place. */
export class Wave {
  private readonly answers = new Map<number, Promise<void>>();

  /** @param position from 0 */
  constructor(
    readonly position: number,
    readonly places: readonly Place[],
    readonly maxParallel: number,
    readonly soak: SoakStep | null,
  ) {}

  /** Its regions, for people; null: the environment has none. */
  get title(): string | null {
    const regions = this.places.flatMap(({ region }) => region ?? []);
    return regions.length === 0 ? null : `wave ${this.position + 1} (${regions.join(', ')})`;
  }

  /** People are asked once a wave: the place that is there first waits for them, and their answer holds for the others. */
  once(step: number, ask: () => Promise<void>): Promise<void> {
    const answer = this.answers.get(step) ?? ask();
    this.answers.set(step, answer);
    return answer;
  }
}

export function wavesOf(input: DeploymentInput): readonly Wave[] {
  const { waves } = input.plan;
  if (!waves) return [new Wave(0, [new Place(input, 0)], 1, null)];
  return waves.map(({ regions, maxParallel, soak }, position) => {
    const places = regions.map((region) => new Place(inRegion(input, region), position));
    return new Wave(position, places, maxParallel, soak);
  });
}

/** A deployment as one a cluster: itself, or one a region. */
export function byCluster(input: DeploymentInput): readonly DeploymentInput[] {
  return plansByCluster(input.plan).map((plan) => ({ ...input, plan }));
}

function inRegion(input: DeploymentInput, region: RegionPlan): DeploymentInput {
  return { ...input, plan: planOfRegion(input.plan, region) };
}
