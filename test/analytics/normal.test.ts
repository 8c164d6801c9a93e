import fc from 'fast-check';
import { normalUpperQuantile, normalUpperTail } from '../../src/analytics/normal';

describe('the normal distribution', () => {
  // scipy 1.17.1, scipy.stats.norm.sf
  it.each([
    { z: 0, p: 0.5 },
    { z: 0.5, p: 3.08537538725987e-1 },
    { z: 1, p: 1.58655253931457e-1 },
    { z: 3, p: 1.34989803163009e-3 },
    { z: 6, p: 9.86587645037698e-10 },
    { z: 8, p: 6.22096057427178e-16 },
    { z: 20, p: 2.75362411860624e-89 },
  ])('has the tail $p above $z', ({ z, p }) => {
    expect(normalUpperTail(z) / p).toBeCloseTo(1, 6);
    expect(normalUpperTail(-z)).toBeCloseTo(1 - p, 12);
  });

  // scipy 1.17.1, scipy.stats.norm.isf
  it.each([
    { p: 0.01, z: 2.32634787404084 },
    { p: 0.025, z: 1.95996398454005 },
    { p: 0.3, z: 0.524400512708041 },
    { p: 1e-10, z: 6.36134090240406 },
    { p: 0.975, z: -1.95996398454005 },
  ])('has the quantile $z for the tail $p', ({ p, z }) => {
    expect(normalUpperQuantile(p)).toBeCloseTo(z, 8);
  });

  it('finds the quantile of every tail again', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(normalUpperTail(normalUpperQuantile(p)) / p).toBeCloseTo(1, 6);
      }),
    );
  });
});
