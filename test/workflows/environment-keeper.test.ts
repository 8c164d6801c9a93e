import fc from 'fast-check';
import type { AcquireInput, AcquireResult } from '../../src/contracts/messages';
import type { DeployedRelease } from '../../src/contracts/status';
import { EnvironmentKeeper } from '../../src/workflows/environment-keeper';
import { bob, plan } from './plans';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const now = at(0);

function request(release: string, change: Partial<AcquireInput> = {}): AcquireInput {
  return {
    holder: `d/${release}`,
    app: 'shop',
    release,
    concurrency: 'queue',
    urgent: false,
    reopen: false,
    ...change,
  };
}

function deployed(release: string, change: Partial<DeployedRelease> = {}): DeployedRelease {
  const { app: spec } = plan(release, []);
  return {
    app: 'shop',
    release,
    digest: `sha256:${release}`,
    spec,
    replicas: 2,
    env: {},
    at: now,
    verified: true,
    ...change,
  };
}

const keeper = () => new EnvironmentKeeper('shops', 'production');

/** Acquires, deploys and gives back. */
function deploy(tested: EnvironmentKeeper, release: string, change: Partial<DeployedRelease> = {}): void {
  const { app = 'shop' } = change;
  const holder = `d/${release}`;
  tested.acquire(request(release, { app, holder, reopen: true }), now);
  tested.release({ holder, outcome: 'deployed', serving: deployed(release, change), rejected: null }, now);
}

/** The same in regions, the oldest first. */
function deployTo(tested: EnvironmentKeeper, release: string, regions: readonly string[]): void {
  const holder = `d/${release}`;
  tested.acquire(request(release, { holder, reopen: true }), now);
  const serving = regions.map((region) => ({ region, serving: deployed(release, { region }) }));
  tested.release({ holder, outcome: 'deployed', serving: null, rejected: null, regions: serving }, now);
}

const unchanged = (holder: string) => ({ holder, outcome: 'unchanged', serving: null, rejected: null }) as const;

function granted(result: AcquireResult) {
  if (result.state !== 'granted') throw new Error(`not granted: ${result.reason}`);
  return result;
}

describe('the keeper of an environment', () => {
  it('grants to the first, and the same again when asked again', () => {
    const tested = keeper();

    const first = tested.acquire(request('1.0.0'), now);
    const again = tested.acquire(request('1.0.0'), now);

    expect(first).toEqual({
      result: { state: 'granted', current: null, stable: null, lastVerified: null },
      notices: [],
      preempted: [],
    });
    expect(again).toEqual(first);
    expect(tested.status().holders).toEqual(['d/1.0.0']);
  });

  it('lets the others wait in their order, asked once or twice', () => {
    const tested = keeper();
    tested.acquire(request('1.0.0'), now);

    const second = tested.acquire(request('1.1.0'), at(1));
    tested.acquire(request('1.2.0'), at(2));
    tested.acquire(request('1.1.0'), at(3));

    expect(second.result).toEqual({ state: 'waiting', reason: 'production is held by d/1.0.0' });
    expect(tested.status().waiting).toEqual([
      { workflowId: 'd/1.1.0', release: '1.1.0', since: at(1) },
      { workflowId: 'd/1.2.0', release: '1.2.0', since: at(2) },
    ]);
    const next = tested.release(unchanged('d/1.0.0'), at(4));
    expect(next).toMatchObject([{ to: 'd/1.1.0', result: { state: 'granted' } }]);
    expect(tested.acquire(request('1.3.0'), at(5)).result).toMatchObject({ state: 'waiting' });
    expect(tested.release(unchanged('d/1.1.0'), at(6))).toMatchObject([{ to: 'd/1.2.0' }]);
  });

  it('remembers what was deployed, and hands it to those who come next', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');
    deploy(tested, '1.1.0');

    const grant = granted(tested.acquire(request('1.2.0'), now).result);

    expect(grant.current?.release).toBe('1.1.0');
    expect(grant.stable?.release).toBe('1.1.0');
    expect(grant.lastVerified?.release).toBe('1.0.0');
    expect(tested.status()).toMatchObject({
      current: { release: '1.1.0' },
      history: [{ release: '1.0.0' }, { release: '1.1.0' }],
    });
  });

  it('sends a release that serves already back to the one before', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');
    deploy(tested, '1.1.0');

    const grant = granted(tested.acquire(request('1.1.0', { urgent: true }), now).result);

    expect(grant).toMatchObject({ current: { release: '1.1.0' }, stable: { release: '1.0.0' }, lastVerified: null });
  });

  it('never goes back to what was not verified, nor to what was rejected', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');
    deploy(tested, '1.1.0');
    deploy(tested, '1.2.0', { verified: false });
    tested.acquire(request('1.1.0', { urgent: true, holder: 'r' }), now);
    const rejected = { release: '1.1.0', reason: 'slow' };
    tested.release(
      { holder: 'r', outcome: 'rolled_back', serving: deployed('1.2.0', { verified: false }), rejected },
      now,
    );

    const grant = granted(tested.acquire(request('1.3.0'), now).result);

    expect(grant.stable?.release).toBe('1.2.0');
    expect(grant.lastVerified?.release).toBe('1.0.0');
  });

  it('keeps apps apart: what serves, what was rejected, where to go back', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');
    deploy(tested, '7.0.0', { app: 'blog' });
    tested.acquire(request('1.1.0'), now);
    tested.release(
      {
        holder: 'd/1.1.0',
        outcome: 'rolled_back',
        serving: deployed('1.0.0'),
        rejected: { release: '1.1.0', reason: 'bad' },
      },
      now,
    );

    const blog = granted(tested.acquire(request('1.1.0', { app: 'blog', holder: 'b' }), now).result);

    expect(blog.current?.release).toBe('7.0.0');
    expect(blog.lastVerified).toBeNull();
    expect(tested.status().serving.map(({ app, release }) => `${app} ${release}`)).toEqual([
      'blog 7.0.0',
      'shop 1.0.0',
    ]);
  });

  it('refuses a rejected release until it is re-opened, and forgets the rejection when it is deployed', () => {
    const tested = keeper();
    tested.acquire(request('1.1.0'), now);
    tested.release(
      { holder: 'd/1.1.0', outcome: 'rolled_back', serving: null, rejected: { release: '1.1.0', reason: '5% errors' } },
      at(7),
    );

    const refused = tested.acquire(request('1.1.0'), now).result;
    const reopened = tested.acquire(request('1.1.0', { reopen: true }), now).result;
    tested.release({ holder: 'd/1.1.0', outcome: 'deployed', serving: deployed('1.1.0'), rejected: null }, now);

    expect(refused).toEqual({
      state: 'refused',
      reason: `release 1.1.0 was rejected here at ${at(7)} (5% errors); re-open it to deploy it again`,
    });
    expect(reopened.state).toBe('granted');
    expect(tested.status().rejected).toEqual([]);
  });

  it('supersedes older waiting releases of the same app, and tells them', () => {
    const tested = keeper();
    tested.acquire(request('1.0.0'), now);
    tested.acquire(request('1.1.0'), now);
    tested.acquire(request('7.0.0', { app: 'blog' }), now);
    tested.acquire(request('0.9.0', { urgent: true }), now);

    const { result, notices } = tested.acquire(request('1.2.0', { concurrency: 'supersede' }), now);

    expect(result.state).toBe('waiting');
    expect(notices).toEqual([
      { to: 'd/1.1.0', result: { state: 'refused', reason: 'superseded by release 1.2.0 while it waited' } },
    ]);
    expect(tested.status().waiting.map(({ release }) => release)).toEqual(['0.9.0', '7.0.0', '1.2.0']);
  });

  it('does not supersede anew when the same asks again', () => {
    const tested = keeper();
    tested.acquire(request('1.0.0'), now);
    tested.acquire(request('1.1.0', { concurrency: 'supersede' }), now);
    tested.acquire(request('1.2.0'), now);

    expect(tested.acquire(request('1.1.0', { concurrency: 'supersede' }), now).notices).toEqual([]);
  });

  it('lets those at work at once that all say so', () => {
    const tested = keeper();
    const parallel = { concurrency: 'parallel' } as const;

    expect(tested.acquire(request('1.0.0', parallel), now).result.state).toBe('granted');
    expect(tested.acquire(request('1.1.0', parallel), now).result.state).toBe('granted');
    expect(tested.acquire(request('1.2.0'), now).result.state).toBe('waiting');
    expect(tested.acquire(request('1.3.0', parallel), now).result).toEqual({
      state: 'waiting',
      reason: 'waits behind release 1.2.0 (d/1.2.0)',
    });
    expect(tested.release(unchanged('d/1.0.0'), now)).toEqual([]);
    expect(tested.release(unchanged('d/1.1.0'), now)).toMatchObject([{ to: 'd/1.2.0' }]);
    expect(tested.release(unchanged('d/1.2.0'), now)).toMatchObject([{ to: 'd/1.3.0' }]);
  });

  it('does not let a parallel one in beside one that is alone', () => {
    const tested = keeper();
    tested.acquire(request('1.0.0'), now);

    expect(tested.acquire(request('1.1.0', { concurrency: 'parallel' }), now).result.state).toBe('waiting');
  });

  it('puts a rollback before all that wait, and has what is in its way make room', () => {
    const tested = keeper();
    tested.acquire(request('1.1.0'), now);
    tested.acquire(request('1.2.0'), now);
    const rollback = request('1.0.0', { urgent: true, holder: 'r' });

    const first = tested.acquire(rollback, now);
    const again = tested.acquire(rollback, now);

    expect(first).toMatchObject({ result: { state: 'waiting' }, preempted: ['d/1.1.0'] });
    expect(again.preempted).toEqual([]);
    expect(tested.release(unchanged('d/1.1.0'), now)).toMatchObject([{ to: 'r', result: { state: 'granted' } }]);
  });

  it('has a second rollback wait for the first', () => {
    const tested = keeper();
    tested.acquire(request('1.1.0', { urgent: true, holder: 'r1' }), now);

    expect(tested.acquire(request('1.0.0', { urgent: true, holder: 'r2' }), now)).toMatchObject({
      result: { state: 'waiting' },
      preempted: [],
    });
  });

  it('does not hold a rollback up for another app', () => {
    const tested = keeper();
    tested.acquire(request('7.0.0', { app: 'blog' }), now);

    expect(tested.acquire(request('1.0.0', { urgent: true }), now).result.state).toBe('granted');
  });

  it('holds everything but rollbacks while it is frozen, and says by whom and until when', () => {
    const tested = keeper();
    tested.freeze({ id: 'f', by: bob, reason: 'sale', until: at(60) }, now);

    expect(tested.acquire(request('1.0.0'), now).result).toEqual({
      state: 'waiting',
      reason: `frozen by bob until ${at(60)}: sale`,
    });
    expect(tested.acquire(request('0.9.0', { urgent: true, holder: 'r' }), now).result.state).toBe('granted');
    expect(tested.nextThaw(now)).toBe(at(60));
    tested.release(unchanged('r'), now);
    expect(tested.admitNext(at(59))).toEqual([]);
    expect(tested.admitNext(at(60))).toMatchObject([{ to: 'd/1.0.0' }]);
    expect(tested.status().freezes).toEqual([]);
  });

  it('thaws by hand, one freeze or all', () => {
    const tested = keeper();
    for (const id of ['a', 'b', 'c']) tested.freeze({ id, by: bob, reason: id, until: null }, now);
    tested.freeze({ id: 'a', by: bob, reason: 'again', until: null }, now);
    tested.acquire(request('1.0.0'), now);

    expect(tested.status().freezes.map(({ reason }) => reason)).toEqual(['b', 'c', 'again']);
    expect(tested.nextThaw(now)).toBeNull();
    expect(tested.unfreeze('b', now)).toEqual([]);
    expect(tested.status().freezes).toHaveLength(2);
    expect(tested.unfreeze(undefined, now)).toMatchObject([{ to: 'd/1.0.0' }]);
  });

  it('takes a release twice as once', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');

    tested.release(
      { holder: 'd/1.0.0', outcome: 'deployed', serving: null, rejected: { release: '1.0.0', reason: '' } },
      now,
    );

    expect(tested.status()).toMatchObject({ current: { release: '1.0.0' }, rejected: [], history: [{}] });
  });

  it('lets one that waits withdraw', () => {
    const tested = keeper();
    tested.acquire(request('1.0.0'), now);
    tested.acquire(request('1.1.0'), now);

    expect(tested.release(unchanged('d/1.1.0'), now)).toEqual([]);
    expect(tested.hasWaiting).toBe(false);
  });

  it('takes the lease of those that ended, waiting ones too', () => {
    const tested = keeper();
    for (const release of ['1.0.0', '1.1.0', '1.2.0']) tested.acquire(request(release), now);

    expect(tested.reclaim(['d/1.0.0', 'd/1.1.0'], now)).toMatchObject([{ to: 'd/1.2.0' }]);
    expect(tested.holders).toEqual(['d/1.2.0']);
  });

  it('keeps a bounded history', () => {
    const tested = keeper();
    for (let index = 0; index < 120; index += 1) {
      deploy(tested, `1.0.${index}`);
      tested.acquire(request(`2.0.${index}`), now);
      tested.release({ ...unchanged(`d/2.0.${index}`), rejected: { release: `2.0.${index}`, reason: '' } }, now);
    }

    expect(tested.status().history).toHaveLength(50);
    expect(tested.status().history.at(-1)?.release).toBe('1.0.119');
    expect(tested.status().rejected).toHaveLength(50);
  });

  it('goes on from plain JSON', () => {
    const tested = keeper();
    deploy(tested, '0.9.0');
    tested.acquire(request('1.0.0'), now);
    tested.acquire(request('1.1.0'), now);
    const carried = JSON.parse(JSON.stringify(tested.carryOver));

    const next = new EnvironmentKeeper('shops', 'production', carried);

    expect(next.status()).toEqual(tested.status());
    expect(next.release(unchanged('d/1.0.0'), now)).toMatchObject([{ to: 'd/1.1.0' }]);
  });

  it('in any course of events: nobody shares with one that is alone, and nobody waits forever', () => {
    const ask = fc.record({
      kind: fc.constant('ask' as const),
      index: fc.nat({ max: 9 }),
      app: fc.constantFrom('shop', 'blog'),
      concurrency: fc.constantFrom('queue' as const, 'supersede' as const, 'parallel' as const),
      urgent: fc.boolean(),
    });
    const leave = fc.record({ kind: fc.constantFrom('leave' as const, 'die' as const), index: fc.nat({ max: 9 }) });
    const frost = fc.record({ kind: fc.constantFrom('freeze' as const, 'thaw' as const) });
    fc.assert(
      fc.property(fc.array(fc.oneof(ask, ask, leave, frost), { maxLength: 60 }), (events) => {
        const tested = keeper();
        const asked = new Map<string, AcquireInput>();
        /** Who was told it holds the environment, and has not left. */
        const inside = new Set<string>();
        /** Who waits for a word. */
        const waiting = new Set<string>();
        const hear = (notices: readonly { to: string; result: AcquireResult }[]) => {
          for (const { to, result } of notices) {
            expect(waiting.delete(to)).toBe(true);
            if (result.state === 'granted') inside.add(to);
          }
        };
        const leaves = (holder: string) => {
          inside.delete(holder);
          waiting.delete(holder);
        };

        for (const event of events) {
          if (event.kind === 'ask') {
            const holder = `d${event.index}`;
            const known = inside.has(holder) || waiting.has(holder);
            const input = known
              ? (asked.get(holder) as AcquireInput)
              : request(`1.${event.index}`, {
                  holder,
                  app: event.app,
                  concurrency: event.concurrency,
                  urgent: event.urgent,
                });
            asked.set(holder, input);
            const { result, notices } = tested.acquire(input, now);
            hear(notices);
            waiting.delete(holder);
            (result.state === 'granted' ? inside : waiting).add(holder);
          } else if (event.kind === 'leave') {
            leaves(`d${event.index}`);
            hear(tested.release(unchanged(`d${event.index}`), now));
          } else if (event.kind === 'die') {
            leaves(`d${event.index}`);
            hear(tested.reclaim([`d${event.index}`], now));
          } else if (event.kind === 'freeze') {
            tested.freeze({ id: 'f', by: bob, reason: '', until: null }, now);
          } else {
            hear(tested.unfreeze(undefined, now));
          }

          expect([...inside].sort()).toEqual([...tested.holders].sort());
          const holders = [...inside].map((holder) => asked.get(holder) as AcquireInput);
          for (const one of holders) {
            for (const other of holders) {
              if (one === other) continue;
              const together =
                one.concurrency === 'parallel' && other.concurrency === 'parallel' && !one.urgent && !other.urgent;
              const apart = one.app !== other.app && (one.urgent || other.urgent);
              expect(together || apart).toBe(true);
            }
          }
        }

        hear(tested.unfreeze(undefined, now));
        for (let round = 0; round <= 10 && inside.size > 0; round += 1) {
          for (const holder of [...inside]) {
            leaves(holder);
            hear(tested.release(unchanged(holder), now));
          }
        }
        expect([...waiting]).toEqual([]);
        expect(tested.holders).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('regions of an environment', () => {
  const servingOf = (tested: EnvironmentKeeper) =>
    tested.status().serving.map(({ region, release }) => [region ?? '', release]);
  const grantTo = (tested: EnvironmentKeeper, release: string) => {
    const { result } = tested.acquire(request(release), now);
    if (result.state !== 'granted') throw new Error(result.state);
    return result;
  };

  it('are remembered each by itself, also the one that was left out', () => {
    const tested = keeper();
    deployTo(tested, '1.0.0', ['eu', 'us']);
    deployTo(tested, '1.1.0', ['eu']);

    expect(servingOf(tested)).toEqual([
      ['us', '1.0.0'],
      ['eu', '1.1.0'],
    ]);
    expect(grantTo(tested, '1.2.0')).toMatchObject({
      current: null,
      stable: null,
      regions: [
        { region: 'eu', stable: { release: '1.1.0' }, lastVerified: { release: '1.0.0' } },
        { region: 'us', stable: { release: '1.0.0' }, lastVerified: null },
      ],
    });
  });

  it('take the place of what served before there were any, which stays known', () => {
    const tested = keeper();
    deploy(tested, '0.9.0');
    deployTo(tested, '1.0.0', ['eu']);

    expect(servingOf(tested)).toEqual([['eu', '1.0.0']]);
    expect(grantTo(tested, '1.1.0')).toMatchObject({
      current: null,
      stable: { release: '0.9.0' },
      regions: [{ region: 'eu', stable: { release: '1.0.0' } }],
    });
  });

  it('give way to one cluster', () => {
    const tested = keeper();
    deployTo(tested, '1.0.0', ['eu', 'us']);
    deploy(tested, '1.1.0');

    expect(servingOf(tested)).toEqual([['', '1.1.0']]);
  });

  it('are not spoken of where there are none', () => {
    const tested = keeper();
    deploy(tested, '1.0.0');

    expect(grantTo(tested, '1.1.0')).not.toHaveProperty('regions');
    expect(JSON.stringify(tested.carryOver)).not.toContain('region');
  });
});
