import { environmentWorkflowId } from '../contracts/ids';
import type { AcquireInput, AcquireResult, FreezeInput, Home, ReleaseEnvironmentInput } from '../contracts/messages';
import type { DeployedRelease, EnvironmentStatus, Freeze, RejectedRelease } from '../contracts/status';
import type { EnvironmentState, WaitingRequest } from '../contracts/workflows';

/** Enough to go back, and to show; the audit log keeps all. */
const historyLimit = 50;

/** Word to a deployment that waited: it holds the environment now, or never will. */
export interface Notice {
  readonly to: string;
  readonly result: AcquireResult;
}

export interface Acquired {
  readonly result: AcquireResult;
  readonly notices: readonly Notice[];
  /** Holders that must make room: a rollback waits for no approval and no analysis of another release. */
  readonly preempted: readonly string[];
}

/**
 * Who holds an environment, who waits, what is frozen, what runs there. Pure state: time comes in, notices to send come
 * out. One deployment at a time, unless all that ask say `parallel`; a rollback goes before everybody and through freezes.
 */
export class EnvironmentKeeper {
  private state: EnvironmentState;

  constructor(namespace: string, environment: string, state?: EnvironmentState) {
    this.state = state ?? {
      namespace,
      environment,
      leases: [],
      waiting: [],
      freezes: [],
      current: null,
      serving: [],
      history: [],
      rejected: [],
    };
  }

  get carryOver(): EnvironmentState {
    return this.state;
  }

  get hasWaiting(): boolean {
    return this.state.waiting.length > 0;
  }

  get holders(): readonly string[] {
    return this.state.leases.map(({ holder }) => holder);
  }

  /** Idempotent by holder: who asks again gets the same answer. */
  acquire(request: AcquireInput, now: string): Acquired {
    if (this.holders.includes(request.holder)) return settled(this.grant(request));
    const rejected = this.rejectionOf(request.app, request.release);
    if (rejected && !request.reopen && !request.urgent) {
      const reason = `release ${request.release} was rejected here at ${rejected.at} (${rejected.reason}); re-open it to deploy it again`;
      return settled({ state: 'refused', reason });
    }
    const known = this.state.waiting.some(({ holder }) => holder === request.holder);
    if (!known) this.enqueue({ ...request, since: now });
    const notices = known ? [] : this.supersede(request);
    const obstacle = this.obstacleTo(request, now);
    if (obstacle === null) return { result: this.admit(request), notices, preempted: [] };
    const preempted = known || !request.urgent ? [] : this.inTheWayOf(request);
    return { result: { state: 'waiting', reason: obstacle }, notices, preempted };
  }

  /** Gives the environment back; done twice it is done once. Answers with the notices for those who come next. */
  release(input: ReleaseEnvironmentInput, now: string): readonly Notice[] {
    const lease = this.state.leases.find(({ holder }) => holder === input.holder);
    if (!lease) return this.withdraw(input.holder, now);
    this.state = { ...this.state, leases: this.state.leases.filter((other) => other !== lease) };
    if (input.regions) for (const { region, serving } of input.regions) this.serve(lease.app, serving, region);
    else if (input.outcome !== 'unchanged') this.serve(lease.app, input.serving);
    if (input.rejected) this.reject({ ...input.rejected, app: lease.app, at: now });
    return this.admitNext(now);
  }

  /** Takes the lease of deployments that ended without giving it back. */
  reclaim(ended: readonly string[], now: string): readonly Notice[] {
    this.state = {
      ...this.state,
      leases: this.state.leases.filter(({ holder }) => !ended.includes(holder)),
      waiting: this.state.waiting.filter(({ holder }) => !ended.includes(holder)),
    };
    return this.admitNext(now);
  }

  freeze(input: FreezeInput, now: string): Freeze {
    const freeze = { id: input.id, reason: input.reason, by: input.by.name, from: now, until: input.until };
    this.state = { ...this.state, freezes: [...this.state.freezes.filter(({ id }) => id !== input.id), freeze] };
    return freeze;
  }

  /** Without an id: all of them. */
  unfreeze(id: string | undefined, now: string): readonly Notice[] {
    this.state = { ...this.state, freezes: id ? this.state.freezes.filter((freeze) => freeze.id !== id) : [] };
    return this.admitNext(now);
  }

  /** When the next freeze ends by itself; null: none does. */
  nextThaw(now: string): string | null {
    const ends = this.activeFreezes(now).flatMap(({ until }) => (until ? [until] : []));
    return ends.sort()[0] ?? null;
  }

  /** Lets in whoever may go now. */
  admitNext(now: string): readonly Notice[] {
    const notices: Notice[] = [];
    this.state = { ...this.state, freezes: this.activeFreezes(now) };
    for (const request of this.state.waiting) {
      if (this.obstacleTo(request, now) === null) notices.push({ to: request.holder, result: this.admit(request) });
    }
    return notices;
  }

  status(): EnvironmentStatus {
    const { leases, waiting, ...shown } = this.state;
    return {
      ...shown,
      workflowId: environmentWorkflowId(shown),
      holders: leases.map(({ holder }) => holder),
      waiting: waiting.map(({ holder, release, since }) => ({ workflowId: holder, release, since })),
    };
  }

  private enqueue(request: WaitingRequest): void {
    const urgentFirst = request.urgent
      ? this.state.waiting.filter(({ urgent }) => urgent).length
      : this.state.waiting.length;
    const waiting = [...this.state.waiting];
    waiting.splice(urgentFirst, 0, request);
    this.state = { ...this.state, waiting };
  }

  private supersede(request: AcquireInput): Notice[] {
    if (request.concurrency !== 'supersede' || request.urgent) return [];
    const older = this.state.waiting.filter(
      ({ holder, app, urgent }) => holder !== request.holder && app === request.app && !urgent,
    );
    this.state = { ...this.state, waiting: this.state.waiting.filter((waiting) => !older.includes(waiting)) };
    return older.map(({ holder }) => ({
      to: holder,
      result: { state: 'refused', reason: `superseded by release ${request.release} while it waited` },
    }));
  }

  private obstacleTo(request: AcquireInput, now: string): string | null {
    const [freeze] = request.urgent ? [] : this.activeFreezes(now);
    if (freeze) return frozenByHand(freeze);
    const rival = this.state.leases.find((lease) => excludes(lease, request));
    if (rival) return `${this.state.environment} is held by ${rival.holder}`;
    const place = this.state.waiting.findIndex(({ holder }) => holder === request.holder);
    const first = this.state.waiting.slice(0, place).find((waiting) => excludes(waiting, request));
    return first ? `waits behind release ${first.release} (${first.holder})` : null;
  }

  private inTheWayOf(request: AcquireInput): string[] {
    return this.state.leases.filter((lease) => excludes(lease, request) && !lease.urgent).map(({ holder }) => holder);
  }

  private admit({ holder, app, release, concurrency, urgent, reopen }: AcquireInput): AcquireResult {
    const lease = { holder, app, release, concurrency, urgent, reopen };
    this.state = {
      ...this.state,
      leases: [...this.state.leases, lease],
      waiting: this.state.waiting.filter((request) => request.holder !== holder),
    };
    return this.grant(lease);
  }

  private grant({ app, release }: AcquireInput): AcquireResult {
    const past = [...this.state.history, ...this.state.serving].filter((one) => one.app === app);
    const regions = [...new Set(past.flatMap(({ region }) => region ?? []))].map((region) => ({
      region,
      ...this.homeOf(app, release, region),
    }));
    return { state: 'granted', ...this.homeOf(app, release), ...(regions.length > 0 ? { regions } : {}) };
  }

  private homeOf(app: string, release: string, region?: string): Home {
    const isHere = (one: DeployedRelease) => one.app === app && one.region === region;
    const current = this.state.serving.find(isHere) ?? null;
    const verified = this.state.history.filter(
      (past) => isHere(past) && past.verified && past.release !== release && !this.rejectionOf(app, past.release),
    );
    const stable = current && current.release !== release ? current : (verified.at(-1) ?? null);
    const lastVerified = verified.filter((past) => past.release !== stable?.release).at(-1) ?? null;
    return { current, stable, lastVerified };
  }

  /** What is said of a region replaces also what served before there were regions, and the other way round. */
  private serve(app: string, serving: DeployedRelease | null, region?: string): void {
    const isReplaced = (other: DeployedRelease) =>
      region === undefined || other.region === undefined || other.region === region;
    const others = this.state.serving.filter((other) => other.app !== app || !isReplaced(other));
    const { history, rejected } = this.state;
    this.state = {
      ...this.state,
      current: serving,
      serving: serving ? [...others, serving] : others,
      history: serving ? [...history, serving].slice(-historyLimit) : history,
      rejected: rejected.filter((gone) => gone.app !== app || gone.release !== serving?.release),
    };
  }

  private reject(rejection: RejectedRelease): void {
    const others = this.state.rejected.filter(
      ({ app, release }) => app !== rejection.app || release !== rejection.release,
    );
    this.state = { ...this.state, rejected: [...others, rejection].slice(-historyLimit) };
  }

  private rejectionOf(app: string, release: string): RejectedRelease | undefined {
    return this.state.rejected.find((rejected) => rejected.app === app && rejected.release === release);
  }

  private withdraw(holder: string, now: string): readonly Notice[] {
    this.state = { ...this.state, waiting: this.state.waiting.filter((request) => request.holder !== holder) };
    return this.admitNext(now);
  }

  private activeFreezes(now: string): Freeze[] {
    return this.state.freezes.filter(({ until }) => until === null || until > now);
  }
}

export function frozenByHand({ by, until, reason }: Freeze): string {
  return `frozen by ${by} until ${until ?? 'somebody lifts it'}: ${reason}`;
}

/** Whether two may not be at work at once. A rollback waits for nobody but its own app's deployments. */
function excludes(one: AcquireInput, other: AcquireInput): boolean {
  if (one.holder === other.holder) return false;
  if (one.urgent || other.urgent) return one.app === other.app;
  return one.concurrency !== 'parallel' || other.concurrency !== 'parallel';
}

function settled(result: AcquireResult): Acquired {
  return { result, notices: [], preempted: [] };
}
