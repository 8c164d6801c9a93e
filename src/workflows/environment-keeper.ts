import { environmentWorkflowId } from '../contracts/ids';
import type { AcquireInput, AcquireResult, FreezeInput, ReleaseEnvironmentInput } from '../contracts/messages';
import type { DeployedRelease, EnvironmentStatus, Freeze } from '../contracts/status';

/** Enough to go back, and to show; the audit log keeps all. */
const historyLimit = 50;

/** A request that waits, as the keeper carries it; plain JSON. */
export interface WaitingRequest extends AcquireInput {
  readonly since: string;
}

export interface KeeperState extends Omit<EnvironmentStatus, 'workflowId' | 'waiting'> {
  readonly waiting: readonly WaitingRequest[];
}

/** Word to a deployment that waited: it holds the environment now, or never will. */
export interface Notice {
  readonly to: string;
  readonly result: AcquireResult;
}

/**
 * Who holds an environment, who waits, what is frozen, what runs there. Pure state: time comes in, notices to send come
 * out. One deployment at a time, unless all that ask say `parallel`; a rollback goes before everybody and through freezes.
 */
export class EnvironmentKeeper {
  private state: KeeperState;

  constructor(namespace: string, environment: string, state?: KeeperState) {
    this.state = state ?? {
      namespace,
      environment,
      holders: [],
      waiting: [],
      freezes: [],
      current: null,
      history: [],
      rejected: [],
    };
  }

  get carryOver(): KeeperState {
    return this.state;
  }

  get hasWaiting(): boolean {
    return this.state.waiting.length > 0;
  }

  get holders(): readonly string[] {
    return this.state.holders;
  }

  /** Idempotent by holder: who asks again gets the same answer. */
  acquire(request: AcquireInput, now: string): { readonly result: AcquireResult; readonly notices: readonly Notice[] } {
    if (this.state.holders.includes(request.holder)) return { result: this.grant(request), notices: [] };
    const rejected = this.state.rejected.find(({ release }) => release === request.release);
    if (rejected && !request.reopen && !request.urgent) {
      const reason = `release ${request.release} was rejected here at ${rejected.at} (${rejected.reason}); re-open it to deploy it again`;
      return { result: { state: 'refused', reason }, notices: [] };
    }
    const known = this.state.waiting.some(({ holder }) => holder === request.holder);
    if (!known) this.enqueue({ ...request, since: now });
    const superseded = known ? [] : this.supersede(request);
    const obstacle = this.obstacleTo(request, now);
    if (obstacle) return { result: { state: 'waiting', reason: obstacle }, notices: superseded };
    return { result: this.admit(request), notices: superseded };
  }

  /** Gives the environment back; done twice it is done once. Answers with the notices for those who come next. */
  release(input: ReleaseEnvironmentInput, now: string): readonly Notice[] {
    if (!this.state.holders.includes(input.holder)) return this.withdraw(input.holder, now);
    const { history } = this.state;
    const changed = input.outcome !== 'unchanged';
    const rejected = input.rejected
      ? [
          ...this.state.rejected.filter(({ release }) => release !== input.rejected?.release),
          { ...input.rejected, at: now },
        ]
      : this.state.rejected.filter(({ release }) => !(changed && release === input.serving?.release));
    this.state = {
      ...this.state,
      holders: this.state.holders.filter((holder) => holder !== input.holder),
      current: changed ? input.serving : this.state.current,
      history: changed && input.serving ? [...history, input.serving].slice(-historyLimit) : history,
      rejected: rejected.slice(-historyLimit),
    };
    return this.admitNext(now);
  }

  /** Takes the lease of deployments that ended without giving it back. */
  reclaim(ended: readonly string[], now: string): readonly Notice[] {
    this.state = {
      ...this.state,
      holders: this.state.holders.filter((holder) => !ended.includes(holder)),
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
    for (const request of [...this.state.waiting]) {
      if (this.obstacleTo(request, now) === null) notices.push({ to: request.holder, result: this.admit(request) });
    }
    return notices;
  }

  status(): EnvironmentStatus {
    const { namespace, environment, waiting } = this.state;
    return {
      ...this.state,
      workflowId: environmentWorkflowId({ namespace, environment }),
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
    if (freeze) return `frozen by ${freeze.by} until ${freeze.until ?? 'somebody lifts it'}: ${freeze.reason}`;
    if (request.concurrency === 'parallel' && !request.urgent) return null;
    const [holder] = this.state.holders;
    if (holder) return `${this.state.environment} is held by ${holder}`;
    const [first] = this.state.waiting;
    if (first && first.holder !== request.holder) return `waits behind release ${first.release} (${first.holder})`;
    return null;
  }

  private admit(request: AcquireInput): AcquireResult {
    this.state = {
      ...this.state,
      holders: [...this.state.holders, request.holder],
      waiting: this.state.waiting.filter(({ holder }) => holder !== request.holder),
    };
    return this.grant(request);
  }

  private grant(request: AcquireInput): AcquireResult {
    const verified =
      this.state.history.filter((past) => past.verified && past.release !== request.release).at(-1) ?? null;
    const { current } = this.state;
    return {
      state: 'granted',
      current,
      stable: differs(current, request) ? current : verified,
      lastVerified: verified,
    };
  }

  private withdraw(holder: string, now: string): readonly Notice[] {
    this.state = { ...this.state, waiting: this.state.waiting.filter((request) => request.holder !== holder) };
    return this.admitNext(now);
  }

  private activeFreezes(now: string): Freeze[] {
    return this.state.freezes.filter(({ until }) => until === null || until > now);
  }
}

function differs(current: DeployedRelease | null, request: AcquireInput): boolean {
  return current !== null && current.release !== request.release;
}
