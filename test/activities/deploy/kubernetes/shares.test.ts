import { FaultWatch } from '../../../../src/activities/deploy/kubernetes/pod-faults';
import { stableReplicasFor } from '../../../../src/activities/deploy/kubernetes/shift';

describe('the ratio of replicas', () => {
  it.each([
    { candidate: 1, weight: 5, stable: 3, left: 3 },
    { candidate: 1, weight: 25, stable: 3, left: 3 },
    { candidate: 2, weight: 50, stable: 3, left: 2 },
    { candidate: 3, weight: 75, stable: 3, left: 1 },
    { candidate: 3, weight: 99, stable: 3, left: 1 },
    { candidate: 5, weight: 5, stable: 100, left: 95 },
  ])('$candidate for $weight% beside $stable leaves $left', ({ candidate, weight, stable, left }) => {
    expect(stableReplicasFor(candidate, weight, stable)).toBe(left);
  });
});

describe('a fault that may heal', () => {
  const fault = { reason: 'Unschedulable', message: '', object: { kind: 'Pod', name: 'a' }, container: null } as const;

  it('counts when it has lasted, and from anew when it was gone', () => {
    const now = jest.spyOn(performance, 'now');
    const watch = new FaultWatch();
    const at = (ms: number, found: boolean) => {
      now.mockReturnValue(ms);
      return watch.lasting(found ? { ...fault, graceSeconds: 2 } : null) !== null;
    };
    expect([at(0, true), at(1999, true), at(2000, true)]).toEqual([false, false, true]);
    expect([at(3000, false), at(3001, true), at(5000, true), at(5001, true)]).toEqual([false, false, false, true]);
    now.mockRestore();
  });
});
