import fc from 'fast-check';
import type { ReplicaPhase } from '../../../src/activities/deploy/local-protocol';
import { actionsFor, advanceRolling, type ReplicaView, sharesOf } from '../../../src/embedded/cluster/decide';
import { anApp, aRelease } from './states';

let numbers = 0;
function replica(name: string, phase: ReplicaPhase = 'ready', generation = 'g1'): ReplicaView {
  numbers += 1;
  return { id: `${name}-${numbers}`, release: name, generation, phase };
}

describe('what to start and stop', () => {
  it('starts what is missing', () => {
    const actions = actionsFor(anApp([aRelease('a', { desired: 3 })]), [replica('a'), replica('a', 'leaving')]);

    expect(actions.map(({ kind }) => kind)).toEqual(['start', 'start']);
  });

  it('stops the surplus, the worst first', () => {
    const good = replica('a');
    const bad = replica('a', 'backoff');
    const slow = replica('a', 'starting');

    const actions = actionsFor(anApp([aRelease('a', { desired: 1 })]), [good, bad, slow]);

    expect(actions).toEqual([
      { kind: 'drain', id: bad.id },
      { kind: 'drain', id: slow.id },
    ]);
  });

  it('keeps replicas with old settings until those with the new ones are ready', () => {
    const state = anApp([aRelease('a', { generation: 'g2', desired: 1 })]);
    const old = replica('a', 'ready', 'g1');

    expect(actionsFor(state, [old, replica('a', 'starting', 'g2')])).toEqual([]);
    expect(actionsFor(state, [old, replica('a', 'ready', 'g2')])).toEqual([{ kind: 'drain', id: old.id }]);
  });

  it('stops replicas of a release that nobody knows', () => {
    const stranger = replica('b');

    expect(actionsFor(anApp([]), [stranger])).toEqual([{ kind: 'drain', id: stranger.id }]);
  });
});

describe('a rolling update', () => {
  it('never has fewer ready replicas than it began with or than asked, never more than one too many, and ends', () => {
    const sizes = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(sizes, sizes, fc.infiniteStream(fc.nat()), (before, after, dice) => {
        const old = aRelease('old', { replicas: before, desired: before });
        const target = aRelease('new', { replicas: after, desired: 1 });
        let state = anApp([old, target], {
          stable: 'old',
          weights: [{ release: 'old', weight: 100 }],
          rollingTo: 'new',
        });
        let world = Array.from({ length: before }, () => replica('old'));

        for (let step = 0; step < 200 && state.rollingTo !== null; step += 1) {
          state = advanceRolling(state, world);
          for (const action of actionsFor(state, world)) {
            if (action.kind === 'start') world.push(replica(action.release.release, 'starting'));
            else world = world.map((one) => (one.id === action.id ? { ...one, phase: 'leaving' } : one));
          }
          const ready = world.filter(({ phase }) => phase === 'ready').length;
          const live = world.filter(({ phase }) => phase !== 'leaving').length;
          expect(ready).toBeGreaterThanOrEqual(Math.min(before, after));
          expect(live).toBeLessThanOrEqual(Math.max(before, after) + 1);
          expect(state.weights.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
          // One thing happens: a start is done, or a stop.
          const moving = world.filter(({ phase }) => phase === 'starting' || phase === 'leaving');
          const chosen = moving[dice.next().value % Math.max(1, moving.length)];
          world = world
            .filter((one) => one !== chosen || one.phase !== 'leaving')
            .map((one) => (one === chosen ? { ...one, phase: 'ready' } : one));
        }

        expect(state.rollingTo).toBeNull();
        expect(state.weights).toEqual([{ release: 'new', weight: 100 }]);
        expect(state.releases.map(({ desired }) => desired)).toEqual([0, after]);
      }),
    );
  });

  it('takes nothing from the old release while the new one has nothing ready', () => {
    const state = anApp([aRelease('old'), aRelease('new', { desired: 1 })], {
      weights: [{ release: 'old', weight: 100 }],
      rollingTo: 'new',
    });

    expect(advanceRolling(state, [replica('old'), replica('old'), replica('new', 'starting')])).toBe(state);
  });

  it('leaves a release alone that has no part in the traffic', () => {
    const state = anApp([aRelease('other'), aRelease('new', { desired: 1 })], { rollingTo: 'new' });
    const next = advanceRolling(state, [replica('other'), replica('other'), replica('new')]);

    expect(next.releases.map(({ desired }) => desired)).toEqual([2, 2]);
    expect(next.weights).toEqual([{ release: 'new', weight: 100 }]);
  });
});

describe('shares', () => {
  it('are whole, sum to 100, and are off by less than one', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const shares = sharesOf(new Map(sizes.map((size, index) => [String(index), size])));

        expect(shares.reduce((sum, { weight }) => sum + weight, 0)).toBe(total === 0 ? 0 : 100);
        for (const { release: name, weight } of shares) {
          expect(Number.isInteger(weight)).toBe(true);
          expect(Math.abs(weight - ((sizes[Number(name)] ?? 0) / total) * 100)).toBeLessThan(1);
        }
      }),
    );
  });
});
