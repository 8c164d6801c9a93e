import { prepared, raised, retired, weightsFor } from '../../../src/embedded/cluster/changes';
import { anApp, aRelease } from './states';

const request = (release: string, more: object = {}) => ({
  app: { namespace: 'n', environment: 'e', app: 'a' },
  settings: { host: '127.0.0.1', drainSeconds: 1 },
  release,
  digest: `sha256:${release}`,
  folder: '/nowhere',
  start: 'start',
  healthPath: '/',
  env: {},
  replicas: 3,
  rolling: false,
  synthetic: null,
  progressDeadlineSeconds: 10,
  ...more,
});

describe('the changes that commands make', () => {
  it('is the same change when it is made twice', () => {
    const once = prepared(anApp([]), request('new', { env: { B: '2', A: '1' } }));

    expect(prepared(once, request('new', { env: { A: '1', B: '2' } }))).toEqual(once);
  });

  it('starts a rolling update with one replica, and takes nothing back from one that goes on', () => {
    const first = prepared(anApp([aRelease('old')]), request('new', { rolling: true }));
    const advanced = { ...first, releases: first.releases.map((one) => ({ ...one, desired: 2 })) };
    const again = prepared(advanced, request('new', { rolling: true }));

    expect([first.rollingTo, first.releases[1]?.desired]).toEqual(['new', 1]);
    expect([again.rollingTo, again.releases[1]?.desired]).toEqual(['new', 2]);
  });

  it('ends a rolling update when the release that it replaces is prepared again, and only then', () => {
    const rolling = anApp([aRelease('old'), aRelease('new')], {
      rollingTo: 'new',
      weights: [{ release: 'old', weight: 100 }],
    });

    expect(prepared(rolling, request('old')).rollingTo).toBeNull();
    expect(prepared(rolling, request('third')).rollingTo).toBe('new');
  });

  it('takes new content under the name of a retired release, not of a running one', () => {
    const running = anApp([aRelease('a')]);
    const other = request('a', { digest: 'sha256:other' });

    expect(() => prepared(running, other)).toThrow('give the new content a new version');
    expect(prepared(retired(running, 'a'), other).releases[0]?.digest).toBe('sha256:other');
  });

  it.each([
    { weight: 30, otherRelease: 'old', weights: ['new 30', 'old 70'] },
    { weight: 100, otherRelease: 'old', weights: ['new 100'] },
    { weight: 0, otherRelease: 'old', weights: ['old 100'] },
    { weight: 5, otherRelease: null, weights: ['new 100'] },
    { weight: 0, otherRelease: null, weights: [] },
  ])('gives $weight % beside $otherRelease as $weights', ({ weight, otherRelease, weights }) => {
    const given = weightsFor({ app: request('new').app, release: 'new', weight, otherRelease });

    expect(given.map((one) => `${one.release} ${one.weight}`)).toEqual(weights);
  });

  it('gives what a retired release had to the others', () => {
    const weights = [
      { release: 'a', weight: 50 },
      { release: 'b', weight: 30 },
      { release: 'c', weight: 20 },
    ];
    const state = anApp([aRelease('a'), aRelease('b'), aRelease('c')], { weights, stable: 'a', rollingTo: 'a' });
    const after = retired(state, 'a');

    expect(after.weights).toEqual([
      { release: 'b', weight: 60 },
      { release: 'c', weight: 40 },
    ]);
    expect([after.stable, after.rollingTo]).toEqual([null, null]);
    expect(retired(after, 'a')).toBe(after);
    expect(retired(after, 'never was')).toBe(after);
  });

  it('remembers the last ten that were retired, the running ones aside', () => {
    let state = anApp([aRelease('stable')], { stable: 'stable', weights: [{ release: 'stable', weight: 100 }] });
    for (let index = 0; index < 15; index += 1) state = retired(prepared(state, request(`r${index}`)), `r${index}`);

    const names = state.releases.map(({ release }) => release);
    expect(names).toEqual(['stable', ...Array.from({ length: 10 }, (_, index) => `r${index + 5}`)]);
  });

  it('asks for all replicas of a release that was stopped, and changes nothing where there are all', () => {
    const state = retired(anApp([aRelease('a')]), 'a');

    expect(raised(state, ['a']).releases[0]?.desired).toBe(2);
    expect(raised(state, ['b'])).toBe(state);
  });
});
