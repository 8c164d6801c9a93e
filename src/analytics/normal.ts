// simple-statistics looks these up in a table of two decimals, which is too coarse for p-values and bounds.

/**
 * P(Z > z) of the standard normal distribution, within 1e-14, and in the tail within 1e-8 of its own size. Hart's rational approximation as
 * given by G. West, "Better approximations to cumulative normal functions", Wilmott Magazine, May 2005.
 */
export function normalUpperTail(z: number): number {
  const x = Math.abs(z);
  const tail = x > 37 ? 0 : Math.exp((-x * x) / 2) * (x < 7.07106781186547 ? hart(x) : continuedFraction(x));
  return z >= 0 ? tail : 1 - tail;
}

function hart(x: number): number {
  const numerator = [
    3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
    220.206867912376,
  ];
  const denominator = [
    8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
    793.826512519948, 440.413735824752,
  ];
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function continuedFraction(x: number): number {
  return 1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / Math.sqrt(2 * Math.PI);
}

/** The z with P(Z > z) = `p`, for 0 < p < 1: Newton's method on the tail, which is smooth and monotone. */
export function normalUpperQuantile(p: number): number {
  if (p > 0.5) return -normalUpperQuantile(1 - p);
  let z = Math.sqrt(Math.max(0, -2 * Math.log(2 * p)));
  for (let step = 0; step < 20; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const change = (normalUpperTail(z) - p) / density;
    z += change;
    if (Math.abs(change) < 1e-12) break;
  }
  return z;
}

/** Horner's scheme, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((total, coefficient) => total * x + coefficient, 0);
}
