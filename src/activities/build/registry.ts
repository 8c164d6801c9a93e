import { failure } from '../../contracts/errors';
import { nearestName } from '../../definition/nearest-name';
import { createPackageBuilder, type PackageBuilderOptions } from './package-builder';
import type { Builder } from './port';

/** Every builder there is. An engine that makes images (BuildKit, Kaniko) is one more line here. */
export function createBuilders(options: PackageBuilderOptions): readonly Builder[] {
  return [createPackageBuilder(options)];
}

/** Throws `InvalidInput` with the nearest name when there is no such builder. */
export function findBuilder(builders: readonly Builder[], provider: string, action: string): Builder {
  const found = builders.find((builder) => builder.provider === provider && builder.action === action);
  if (found) return found;
  const asked = `${provider}/${action}`;
  const known = builders.map((builder) => `${builder.provider}/${builder.action}`);
  const hint = nearestName(asked, known);
  throw failure(
    'InvalidInput',
    `there is no builder "${asked}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}${hint ? `. Did you mean "${hint}"?` : ''}`,
  );
}
