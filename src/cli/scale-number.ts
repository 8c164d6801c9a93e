import { InvalidArgumentError } from 'commander';

/** Parses the value of a `--time-scale` option. */
export function scaleNumber(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= 1000)) throw new InvalidArgumentError('It must be a number over 0, for example 0.01.');
  return scale;
}
