import type { TrafficState } from '../contracts/activities';
import type { Home } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import type { DeployedRelease } from '../contracts/status';
import type { DeploymentInput } from '../contracts/workflows';
import type { Granted } from './lease';
import { StepExecutor } from './step-executor';

const nothing: Home = { current: null, stable: null, lastVerified: null };

/**
 * One cluster that a deployment changes: the only one of its environment, or that of a region. Its input is that of a
 * deployment to this cluster alone, so that no step need know which of the two it is.
 */
export class Place {
  readonly executor: StepExecutor;
  readonly candidate: DeployedRelease;
  /** What runs here, and where a rollback goes. */
  home = nothing;
  stableRelease: string | null = null;
  /** Share of the candidate, 0..100. */
  weight = 0;
  /** ISO-8601; since when the candidate may have had traffic. */
  shiftedAt: string | null = null;
  phase: Phase = Phase.waiting;
  reason = '';
  /** Ran here before the environment had regions: part of the region's past from now on. */
  inherited: DeployedRelease | null = null;
  /** What might be inherited, when the cluster says that it runs. */
  private before: DeployedRelease | null = null;

  /** @param wave from 0 */
  constructor(
    readonly input: DeploymentInput,
    readonly wave: number,
  ) {
    const { namespace, release, plan, app, artifact } = input;
    this.executor = new StepExecutor(namespace, plan);
    this.candidate = {
      app: app.name,
      ...(plan.region === undefined ? {} : { region: plan.region }),
      release,
      digest: artifact.digest,
      spec: app,
      replicas: plan.replicas,
      env: plan.env,
      cluster: plan.cluster,
      at: new Date().toISOString(),
      verified: false,
    };
  }

  /** Null: the environment has no regions. */
  get region(): string | null {
    return this.input.plan.region ?? null;
  }

  /** Something was changed here, so that there is something to undo. */
  get touched(): boolean {
    return this.executor.touched;
  }

  /** The words, with the region before them where there is one. */
  says(words: string): string {
    return this.region === null ? words : `${this.region}: ${words}`;
  }

  set(phase: Phase, reason: string): void {
    this.phase = phase;
    this.reason = reason;
  }

  shifted(weight: number): void {
    this.shiftedAt ??= new Date().toISOString();
    this.weight = weight;
  }

  /** What the environment remembers of it. */
  remember(granted: Granted): void {
    const own = granted.regions?.find(({ region }) => region === this.region);
    if (this.region === null) this.home = granted;
    else if (own) this.home = own;
    else this.before = granted.stable;
    this.stableRelease = this.home.stable?.release ?? null;
  }

  /** A rollback was asked for: there is something to undo where that release serves. */
  serves(release: string): void {
    const { current } = this.home;
    if (current?.release === release) {
      this.executor.touched = true;
      this.weight = 100;
    } else {
      this.stableRelease = current?.release ?? null;
    }
  }

  /** What its cluster says. */
  found({ stableRelease }: TrafficState): void {
    if (this.region === null || this.before === null || this.before.release !== stableRelease) return;
    this.inherited = { ...this.before, region: this.region };
    this.home = { current: this.inherited, stable: this.inherited, lastVerified: null };
    this.stableRelease = stableRelease;
  }
}

/** What all say; null when they differ. */
export function common(names: readonly (string | null)[]): string | null {
  const [first = null] = names;
  return names.every((name) => name === first) ? first : null;
}
