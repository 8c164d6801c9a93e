import fc from 'fast-check';
import { Rotation } from '../../../src/embedded/cluster/rotation';

const replica = (release: string, inFlight = 0, name = release) => ({ release, inFlight, name });

describe('the rotation', () => {
  it('gives each release exactly its share of a hundred requests, never far from it on the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (weight) => {
        const rotation = new Rotation();
        const shares = [
          { release: 'new', weight },
          { release: 'old', weight: 100 - weight },
        ];
        let given = 0;
        for (let index = 1; index <= 100; index += 1) {
          if (rotation.next(shares, [replica('new'), replica('old')])?.release === 'new') given += 1;
          expect(Math.abs(given - (index * weight) / 100)).toBeLessThanOrEqual(1);
        }
        expect(given).toBe(weight);
      }),
    );
  });

  it('spreads a small share out', () => {
    const rotation = new Rotation();
    const shares = [
      { release: 'new', weight: 5 },
      { release: 'old', weight: 95 },
    ];
    const hits = Array.from({ length: 60 }, () => rotation.next(shares, [replica('new'), replica('old')])?.release);
    const positions = hits.flatMap((release, index) => (release === 'new' ? [index] : []));

    expect(positions.map((position, index) => position - (positions[index - 1] ?? position - 20))).toEqual([
      20, 20, 20,
    ]);
  });

  it('prefers the replica with the fewest running requests, and goes round between equals', () => {
    const rotation = new Rotation();
    const shares = [{ release: 'a', weight: 100 }];
    const idle = [replica('a', 0, 'first'), replica('a', 0, 'second')];

    const turns = Array.from({ length: 4 }, () => rotation.next(shares, idle)?.name);
    const busy = rotation.next(shares, [replica('a', 3, 'busy'), replica('a', 2, 'less')])?.name;

    expect(turns.toSorted()).toEqual(['first', 'first', 'second', 'second']);
    expect(busy).toBe('less');
  });

  it('gives a release without replicas nothing, and one without a share never anything', () => {
    const rotation = new Rotation();
    const shares = [
      { release: 'new', weight: 50 },
      { release: 'old', weight: 50 },
    ];

    expect(Array.from({ length: 4 }, () => rotation.next(shares, [replica('old')])?.release)).toEqual(
      Array(4).fill('old'),
    );
    expect(rotation.next([{ release: 'old', weight: 100 }], [replica('new')])).toBeNull();
    expect(rotation.next([], [replica('new')])).toBeNull();
  });
});
