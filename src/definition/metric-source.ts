import { lookUp } from './platform';
import type { MetricSourcePlan } from './release-plan';
import type { ProductionPlatform } from './schema/production-platform';

/** What an environment is measured with when nothing is named. */
const defaultSource = 'builtin';

/**
 * The metric source of a stage: its `analytics_engine`, else its environment's `monitoring`, else the built-in one. An
 * engine is a source or a family of them (`exercise7` is `exercise7-analytics` where the environment names that).
 * Null: the platform has none of the name.
 */
export function findSource(
  { spec }: ProductionPlatform,
  engine: string | undefined,
  monitoring: string | undefined,
): MetricSourcePlan | null {
  const own = Object.keys(spec.metric_sources);
  const isFamily = engine !== undefined && !own.includes(engine) && monitoring?.startsWith(`${engine}-`);
  const relative = own.find((name) => name.startsWith(`${engine}-`));
  const name =
    isFamily || engine === undefined
      ? (monitoring ?? defaultSource)
      : own.includes(engine)
        ? engine
        : (relative ?? engine);
  const source =
    lookUp(spec.metric_sources, name) ??
    (name === defaultSource ? ({ type: 'builtin', queries: {} } as const) : undefined);
  if (!source) return null;
  const { type, queries } = source;
  return {
    name,
    type,
    url: 'url' in source ? (source.url ?? null) : null,
    secret: 'secret' in source ? (source.secret ?? null) : null,
    queries,
  };
}
