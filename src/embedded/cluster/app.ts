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
import { findRelease, prepared, raised, retired, weightsFor } from './changes';
import { actionsFor, advanceRolling } from './decide';
import { isSameProcess } from './process-identity';
import { AppProxy } from './proxy';
import { Progress, releaseStatus, trafficWaitsFor } from './release-status';
import { Replica } from './replica';
import type { ReplicaLog } from './replica-log';
import { Rotation } from './rotation';
import type { AppState, ReleaseState } from './state';
import { SyntheticRequests } from './synthetic';

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

/**
 * One app in one environment: its address, its releases and their replicas. A command changes what is wanted, writes it
 * down, and `reconcile` works towards it; asked again, it answers whether it is so.
 */
export class App {
  private readonly replicas = new Map<string, Replica>();
  private readonly rotation = new Rotation();
  private readonly progress = new Progress();
  private readonly synthetic = new SyntheticRequests(() => (this.state.weights.length > 0 ? this.address() : null));
  private proxy: AppProxy | null = null;
  private stopping = false;
  private queued = false;

  constructor(
    private state: AppState,
    private readonly host: AppHost,
  ) {
    for (const adopt of state.replicas) {
      const release = findRelease(state, adopt.release);
      const outdated = release?.generation !== adopt.generation && !isSameProcess(adopt.pid, adopt.startTime);
      if (release && !outdated) this.add(release, adopt);
    }
    this.synthetic.configure(state.synthetic);
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
    const before = findRelease(this.state, request.release);
    const next = prepared(this.state, request);
    const wanted = findRelease(next, request.release);
    const sameAsked = before?.generation === wanted?.generation && before?.replicas === wanted?.replicas;
    if (!sameAsked || before?.desired === 0) this.progress.restart(request.release);
    this.change({ ...next, synthetic: request.synthetic });
    this.synthetic.configure(request.synthetic);
    return this.answer(null);
  }

  shift(request: ShiftRequest): CommandAnswer {
    const weights = weightsFor(request);
    return this.whenReady(
      weights.map(({ release }) => release),
      (state) => ({ ...state, weights, rollingTo: null }),
    );
  }

  promote(release: string): CommandAnswer {
    const weights = [{ release, weight: 100 }];
    return this.whenReady([release], (state) => ({ ...state, stable: release, weights, rollingTo: null }));
  }

  retire(release: string): CommandAnswer {
    const before = this.state.releases;
    const next = retired(this.state, release);
    if (next !== this.state) this.change(next);
    for (const one of before) if (findRelease(next, one.release) === undefined) this.host.forget(one.folder);
    const running = this.replicasOf(release).length;
    return this.answer(running > 0 ? `${running} replicas of ${release} finish their requests` : null);
  }

  status(): AppStatus {
    const { stable, weights, rollingTo, notices } = this.state;
    return {
      app: this.key,
      url: this.address(),
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
    await this.synthetic.stop();
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
    for (const release of this.state.releases) this.progress.note(release.release, this.releaseStatus(release).ready);
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
      env: { ...this.host.replicaEnv, F0_RELEASE: release.release, ...placeEnv(this.key) },
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

  /** Starts what was stopped; when all of them can take traffic, makes the change. */
  private whenReady(names: readonly string[], make: (state: AppState) => AppState): CommandAnswer {
    const unknown = names.find((name) => findRelease(this.state, name) === undefined);
    if (unknown !== undefined) {
      const { environment } = this.key;
      throw failure('NotFound', `release ${unknown} was never prepared in ${environment}, so it can get no traffic`);
    }
    const next = raised(this.state, names);
    if (next !== this.state) {
      for (const name of names) this.progress.restart(name);
      this.change(next);
    }
    for (const release of this.state.releases.filter((one) => names.includes(one.release))) {
      const waitingFor = trafficWaitsFor(this.releaseStatus(release), release.startSeconds);
      if (waitingFor !== null) return this.answer(waitingFor);
    }
    this.change(make(this.state));
    return this.answer(null);
  }

  private releaseStatus(release: ReleaseState): ReleaseStatus {
    const { release: name } = release;
    return releaseStatus(release, this.replicasOf(name), this.progress.silentSeconds(name));
  }

  private createProxy(): AppProxy {
    const choose = (tried: ReadonlySet<unknown>) => {
      const ready = [...this.replicas.values()].filter((replica) => replica.phase === 'ready' && !tried.has(replica));
      return this.rotation.next(this.state.weights, ready);
    };
    return new AppProxy(choose, () => this.synthetic.noteUser());
  }

  /** Where users reach it; null while it is not open. */
  private address(): string | null {
    const { host, port } = this.state;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return this.proxy === null ? null : `http://${reachable}:${port}`;
  }

  private views(): readonly Replica[] {
    return [...this.replicas.values()];
  }

  private replicasOf(release: string): readonly Replica[] {
    return this.views().filter((replica) => replica.release === release);
  }

  private answer(waitingFor: string | null): CommandAnswer {
    return { applied: waitingFor === null, waitingFor, status: this.status() };
  }
}

/** What a replica knows of where it runs. */
function placeEnv({ environment, region }: AppState['key']): Readonly<Record<string, string>> {
  return { F0_ENVIRONMENT: environment, ...(region === undefined ? {} : { F0_REGION: region }) };
}
