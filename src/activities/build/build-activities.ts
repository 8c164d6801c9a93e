import { Context } from '@temporalio/activity';
import type { BuildActivities } from '../../contracts/activities';
import { withHeartbeat } from '../test';
import type { PackageBuilderOptions } from './package-builder';
import type { Builder } from './port';
import { createBuilders, findBuilder } from './registry';

export interface BuildActivitiesOptions extends PackageBuilderOptions {
  /** @default all that are built in */
  readonly builders?: readonly Builder[];
}

export function createBuildActivities(options: BuildActivitiesOptions): BuildActivities {
  const builders = options.builders ?? createBuilders(options);
  return {
    async buildArtifact(input) {
      const builder = findBuilder(builders, input.provider, input.action);
      let phase = 'starting';
      const progress = {
        phase: (name: string) => {
          phase = name;
        },
        signal: Context.current().cancellationSignal,
      };
      return withHeartbeat(
        () => ({ phase }),
        () => builder.build(input, progress),
      );
    },
  };
}
