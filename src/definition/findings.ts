import type { PathSegment } from './diagnostic';
import type { NormalStage } from './normal-stage';
import type { AppDocument } from './schema/app';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';

export interface Findings {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** What a workflow names and others define; null: not known here, and so not checked. */
export interface Surroundings {
  readonly platform: ProductionPlatform | null;
  readonly app: AppDocument | null;
}

/** The path of something inside a stage. */
export function at(stage: NormalStage, ...rest: readonly PathSegment[]): readonly PathSegment[] {
  return ['spec', 'pipeline_stages', stage.index, ...rest];
}

/** `one of a, b, c`; long lists are cut, a message is not a reference. */
export function oneOf(names: readonly string[], otherwise: string): string {
  if (names.length === 0) return otherwise;
  const shown = names.slice(0, 12).join(', ');
  return `one of ${shown}${names.length > 12 ? `, and ${names.length - 12} more` : ''}`;
}
