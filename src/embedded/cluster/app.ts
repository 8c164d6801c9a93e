import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type {
  AppStatus,
  CommandAnswer,
  LocalSettings,
  PrepareRequest,
  ReleaseStatus,
  ShiftRequest,
} from '../../activities/deploy/local-protocol';
import { failure } from '../../contracts/errors';
import { openAddress } from './address';
import { actionsFor, advanceRolling, sharesOf } from './decide';
import { isSameProcess } from './process-identity';
import { AppProxy } from './proxy';
import { Replica } from './replica';
import type { ReplicaLog } from './replica-log';
import { Rotation } from './rotation';
import type { AppState, ReleaseState } from './state';

/** What an app uses of the agent it lives in. */
export interface AppHost {
  /** Writes the state of all apps to the disk; throws when it cannot. */
  save(): void;
  /** Environment that every replica gets. */
  readonly replicaEnv: Readonly<Record<string, string>>;
  logOf(app: AppState, replica: string): ReplicaLog;
  log(message: string, details: Readonly<Record<string, unknown>>): void;
  /** No record names this folder any more. */
  forget(folder: string): void;
}

/** Retired releases that are remembered, so that a rollback can start them again. */
const rememberedReleases = 10;

/**
 * One app in one environment: its address, its releases and their replicas. A command changes what is wanted, writes it
 * down, and `reconcile` works towards it; asked again, it answers whether it is so.
 */
export class App {
  private readonly replicas = new Map<string, Replica>();
  private readonly rotation = new Rotation();
  private readonly progress = new Map<string, { readonly ready: number; readonly at: number }>();
  private proxy: AppProxy | null = null;
  private readonly since = performance.now();
  private stopping = false;
  private queued = false;

  constructor(
    private state: AppState,
    private readonly host: AppHost,
  ) {
    for (const adopt of state.replicas) {
      const release = this.releaseOf(adopt.release);
      const outdated = release?.generation !== adopt.generation && !isSameProcess(adopt.pid, adopt.startTime);
      if (release && !outdated) this.add(release, adopt);
    }
  }

  /** What to write down: as it is now. */
  snapshot(): AppState {
    const replicas = [...this.replicas.values()].flatMap(({ state }) => state ?? []);
    return { ...this.state, replicas };
  }

  get key(): AppState['key'] {
    return this.state.key;
  }

  get pids(): readonly number[] {
    return [...this.replicas.values()].flatMap(({ pid }) => pid ?? []);
  }

  get isOpen(): boolean {
    return this.proxy !== null;
  }

  /** Opens the address that the state names; another one when it is taken and need not be that. */
  async open(): Promise<void> {
    const { proxy, port, notice } = await openAddress(this.state, () => this.createProxy());
    this.proxy = proxy;
    if (notice !== null) this.host.log(notice, { ...this.key });
    this.change({ ...this.state, port, notices: notice === null ? [] : [notice] });
  }

  /** Where the settings fix another address than it has: opens that, then closes the old one. */
  async moveTo({ host, port }: LocalSettings): Promise<void> {
    const portFixed = port !== undefined;
    const here = host === this.state.host && (!portFixed || port === this.state.port);
    if (here) {
      if (portFixed !== this.state.portFixed) this.change({ ...this.state, portFixed });
      return;
    }
    const wanted = { host, port: port ?? this.state.port, portFixed };
    const opened = await openAddress(wanted, () => this.createProxy());
    const old = this.proxy;
    this.proxy = opened.proxy;
    this.change({
      ...this.state,
      ...wanted,
      port: opened.port,
      notices: opened.notice === null ? [] : [opened.notice],
    });
    void old?.close(this.state.drainSeconds * 1000);
  }

  prepare(request: PrepareRequest): CommandAnswer {
    const known = this.releaseOf(request.release);
    if (known && known.digest !== request.digest && known.desired > 0) {
      throw failure(
        'Conflict',
        `release ${request.release} runs already with the content ${known.digest}, not ${request.digest}; give the new content a new version`,
      );
    }
    const generation = generationOf(request);
    const wanted: ReleaseState = {
      release: request.release,
      digest: request.digest,
      folder: request.folder,
      start: request.start,
      healthPath: request.healthPath,
      env: request.env,
      startSeconds: request.progressDeadlineSeconds,
      generation,
      replicas: request.replicas,
      desired: request.rolling ? Math.min(Math.max(known?.desired ?? 0, 1), request.replicas) : request.replicas,
    };
    if (known?.generation !== generation || known.replicas !== wanted.replicas || known.desired === 0) {
      this.restartProgress(request.release);
    }
    const others = this.state.releases.filter(({ release }) => release !== request.release);
    this.change({
      ...this.state,
      drainSeconds: request.settings.drainSeconds,
      releases: [...others, wanted],
      rollingTo: request.rolling ? request.release : this.rollingBeside(request.release),
    });
    return this.answer(null);
  }

  shift({ release, weight, otherRelease }: ShiftRequest): CommandAnswer {
    // With nothing beside it, any share is all of it.
    const share = otherRelease === null && weight > 0 ? 100 : weight;
    const parts = new Map([[release, share]]);
    if (otherRelease !== null && otherRelease !== release) parts.set(otherRelease, 100 - share);
    for (const [name, part] of parts) if (part <= 0) parts.delete(name);
    const waitingFor = this.whenReady([...parts.keys()]);
    if (waitingFor !== null) return this.answer(waitingFor);
    const weights = [...parts].map(([name, part]) => ({ release: name, weight: part }));
    this.change({ ...this.state, weights, rollingTo: null });
    return this.answer(null);
  }

  promote(release: string): CommandAnswer {
    const waitingFor = this.whenReady([release]);
    if (waitingFor !== null) return this.answer(waitingFor);
    this.change({ ...this.state, stable: release, weights: [{ release, weight: 100 }], rollingTo: null });
    return this.answer(null);
  }

  retire(release: string): CommandAnswer {
    const known = this.releaseOf(release);
    if (known && known.desired > 0) {
      const left = new Map(
        this.state.weights.filter((one) => one.release !== release).map((one) => [one.release, one.weight]),
      );
      const { stable, rollingTo } = this.state;
      this.change({
        ...this.state,
        stable: stable === release ? null : stable,
        rollingTo: rollingTo === release ? null : rollingTo,
        weights: sharesOf(left),
        releases: [...this.state.releases.filter((one) => one !== known), { ...known, desired: 0 }],
      });
      this.prune();
    }
    const running = this.replicasOf(release).length;
    return this.answer(running > 0 ? `${running} replicas of ${release} finish their requests` : null);
  }

  status(): AppStatus {
    const { host, port, stable, weights, rollingTo, notices } = this.state;
    const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return {
      app: this.key,
      url: this.proxy === null ? null : `http://${address}:${port}`,
      notices,
      stableRelease: stable,
      weights,
      rollingTo,
      releases: this.state.releases.map((release) => this.releaseStatus(release)),
    };
  }

  /** Stops all of it in order; the state goes on saying what is wanted, so the next agent starts it again. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.proxy?.close(this.state.drainSeconds * 1000);
    this.proxy = null;
    const replicas = [...this.replicas.values()];
    for (const replica of replicas) replica.leave();
    await Promise.all(replicas.map(({ ended }) => ended));
  }

  trimLogs(): void {
    for (const { id } of this.replicas.values()) this.host.logOf(this.state, id).trim();
  }

  /** Once a turn of the event loop, however many changes there were. */
  reconcileSoon(): void {
    if (this.queued || this.stopping) return;
    this.queued = true;
    setImmediate(() => {
      this.queued = false;
      if (!this.stopping) this.reconcile();
    });
  }

  private reconcile(): void {
    for (const release of this.state.releases) this.noteProgress(release);
    const next = advanceRolling(this.state, this.views());
    if (next !== this.state) this.state = next;
    for (const action of actionsFor(this.state, this.views())) {
      if (action.kind === 'start') this.add(action.release);
      else this.replicas.get(action.id)?.leave();
    }
    try {
      this.host.save();
    } catch (error) {
      // The next change, or the agent's next look, writes it again.
      this.host.log('could not write the state', { ...this.key, error: String(error) });
    }
  }

  private change(next: AppState): void {
    const before = this.state;
    this.state = next;
    try {
      this.host.save();
    } catch (error) {
      this.state = before;
      throw failure('Unavailable', `the local cluster could not write its state: ${String(error)}`, { cause: error });
    }
    if (JSON.stringify(before.weights) !== JSON.stringify(next.weights)) this.rotation.reset();
    this.reconcileSoon();
  }

  private add(release: ReleaseState, adopt?: AppState['replicas'][number]): void {
    const replica = new Replica({
      release,
      env: { ...this.host.replicaEnv, F0_RELEASE: release.release, F0_ENVIRONMENT: this.key.environment },
      drainSeconds: this.state.drainSeconds,
      logOf: (id) => this.host.logOf(this.state, id),
      onChange: () => this.reconcileSoon(),
      ...(adopt ? { adopt } : {}),
    });
    this.replicas.set(replica.id, replica);
    void replica.ended.then(() => {
      this.replicas.delete(replica.id);
      this.reconcileSoon();
    });
  }

  /** Starts what was stopped; null when all of them can take traffic, else what is waited for. */
  private whenReady(names: readonly string[]): string | null {
    const releases = names.map((name) => {
      const release = this.releaseOf(name);
      if (release) return release;
      throw failure(
        'NotFound',
        `release ${name} was never prepared in ${this.key.environment}, so it can get no traffic`,
      );
    });
    const low = new Set(releases.filter(({ desired, replicas }) => desired < replicas));
    if (low.size > 0) {
      for (const { release } of low) this.restartProgress(release);
      const raised = this.state.releases.map((one) => (low.has(one) ? { ...one, desired: one.replicas } : one));
      this.change({ ...this.state, releases: raised, rollingTo: null });
    }
    for (const { release } of releases) {
      const status = this.releaseStatus(this.releaseOf(release) ?? failUnknown(release));
      // One that crashed does not hold up the traffic of those that are ready; one that starts is worth the wait.
      const starting = status.replicas.some(({ phase }) => phase === 'starting') || low.size > 0;
      if (status.ready >= status.desired || (status.ready > 0 && !starting)) continue;
      const startSeconds = this.releaseOf(release)?.startSeconds ?? 0;
      if (status.failure !== null) throw failure('CommandFailed', status.failure);
      if (status.silentSeconds > startSeconds) {
        throw failure(
          'CommandFailed',
          `${release} is not ready after ${startSeconds} s. ${status.problem ?? ''}`.trim(),
        );
      }
      return `${release}: ${status.ready} of ${status.desired} replicas ready`;
    }
    return null;
  }

  private releaseStatus(release: ReleaseState): ReleaseStatus {
    const replicas = this.replicasOf(release.release);
    const current = replicas.filter(
      ({ generation, phase }) => generation === release.generation && phase !== 'leaving',
    );
    const ready = current.filter(({ phase }) => phase === 'ready').length;
    const hopeless = current.find((replica) => replica.hopeless && replica.phase !== 'ready');
    const troubled = hopeless ?? current.find(({ phase }) => phase !== 'ready');
    const problem = troubled ? describeTrouble(troubled) : null;
    return {
      release: release.release,
      digest: release.digest,
      desired: release.desired,
      ready,
      failure: hopeless ? `release ${release.release} does not stay up: ${describeTrouble(hopeless)}` : null,
      problem,
      silentSeconds: (performance.now() - (this.progress.get(release.release)?.at ?? this.since)) / 1000,
      replicas: replicas.map(({ id, pid, url, phase, restarts }) => ({ id, pid, url, phase, restarts })),
    };
  }

  /** One more replica that is ready is progress; one that fails and comes back is not, beyond its first time. */
  private noteProgress(release: ReleaseState): void {
    const { ready } = this.releaseStatus(release);
    if (ready > (this.progress.get(release.release)?.ready ?? 0)) {
      this.progress.set(release.release, { ready, at: performance.now() });
    }
  }

  private restartProgress(release: string): void {
    this.progress.set(release, { ready: 0, at: performance.now() });
  }

  private createProxy(): AppProxy {
    return new AppProxy((tried) => {
      const ready = [...this.replicas.values()].filter((replica) => replica.phase === 'ready' && !tried.has(replica));
      return this.rotation.next(this.state.weights, ready);
    });
  }

  /** A rolling update goes on beside a release that has no part in it. */
  private rollingBeside(release: string): string | null {
    const { rollingTo, weights } = this.state;
    return rollingTo === release || weights.some((one) => one.release === release) ? null : rollingTo;
  }

  private prune(): void {
    const retired = this.state.releases.filter(({ desired }) => desired === 0);
    const dropped = new Set(retired.slice(0, Math.max(0, retired.length - rememberedReleases)));
    if (dropped.size === 0) return;
    this.change({ ...this.state, releases: this.state.releases.filter((release) => !dropped.has(release)) });
    for (const { folder } of dropped) this.host.forget(folder);
  }

  private views(): readonly Replica[] {
    return [...this.replicas.values()];
  }

  private replicasOf(release: string): readonly Replica[] {
    return this.views().filter((replica) => replica.release === release);
  }

  private releaseOf(release: string): ReleaseState | undefined {
    return this.state.releases.find((one) => one.release === release);
  }

  private answer(waitingFor: string | null): CommandAnswer {
    return { applied: waitingFor === null, waitingFor, status: this.status() };
  }
}

function describeTrouble(replica: Replica): string {
  const tail = replica.logTail();
  const restarts = replica.restarts === 0 ? '' : ` (started ${replica.restarts + 1} times)`;
  return `its process ${replica.problem ?? replica.phase}${restarts}; ${tail === '' ? 'it logged nothing' : `its last lines:\n${tail}`}`;
}

function failUnknown(release: string): never {
  throw failure('NotFound', `release ${release} is not known`);
}

function generationOf({ digest, start, healthPath, env }: PrepareRequest): string {
  const sorted = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([digest, start, healthPath, sorted]))
    .digest('hex')
    .slice(0, 12);
}
