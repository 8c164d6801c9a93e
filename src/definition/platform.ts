import { type ProductionPlatform, productionPlatform } from './schema/production-platform';

/**
 * What holds where nobody wrote a platform: everything on this machine, the built-in analytics, no directory. Alerts are
 * kept, for `f0 alerts` and the console; without channels nobody is told.
 */
export const defaultPlatform: ProductionPlatform = productionPlatform.parse({
  apiVersion: 'framework0.io/v1',
  kind: 'ProductionPlatform',
  metadata: { name: 'embedded' },
  spec: { clusters: { '*': { type: 'local' } }, metric_sources: { '*': { type: 'builtin' } }, alerting: {} },
});

/** The entry of that name, else the one that stands for all others (`*`). */
export function lookUp<Entry>(entries: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : entries['*'];
}
