import type { z } from 'zod';
import { metricNames } from '../metrics';
import { apiVersion } from '../schema/document';
import type { productionPlatform } from '../schema/production-platform';

export type PlatformDocument = z.input<typeof productionPlatform>;
type Clusters = PlatformDocument['spec']['clusters'];
type Sources = NonNullable<PlatformDocument['spec']['metric_sources']>;
type PrometheusSource = { type: 'prometheus'; url: string; queries: Record<string, string> };

/** How traffic is split in a cluster; null: the document does not say. */
export type Router = 'service' | 'gateway' | 'istio' | 'nginx' | null;

/** Where a Prometheus server is when no document says: `f0 import` tells that it is to be replaced. */
export const unknownAddress = 'http://prometheus:9090';

/** Its own queries would be taken for the built-in ones of the same name, whose unit may be another. */
const taken: readonly string[] = [...metricNames, 'latency', 'requests'];

/** The operator's side of all workflows of an import: clusters by name, and the queries of their metrics. */
export class PlatformDraft {
  private readonly clusters: Clusters = {};
  private readonly sources = new Map<string, { name: string; source: PrometheusSource }>();

  /** The name of a cluster with this router: one environment name may stand for several of them. */
  cluster(name: string, router: Router): string {
    const wanted = { type: 'kubernetes' as const, ...(router === null ? {} : { router }) };
    const known = this.clusters[name];
    if (known === undefined || JSON.stringify(known) === JSON.stringify(wanted)) {
      this.clusters[name] = wanted;
      return name;
    }
    return this.cluster(`${name}-${router ?? 'auto'}`, router);
  }

  /** The name of the metric source at this address. */
  source(address: string): string {
    const found = this.sources.get(address);
    if (found) return found.name;
    const name = this.sources.size === 0 ? 'prometheus' : `prometheus-${this.sources.size + 1}`;
    this.sources.set(address, { name, source: { type: 'prometheus', url: address, queries: {} } });
    return name;
  }

  /** The name under which conditions ask for the query. `owner` sets it apart where another query has the name. */
  metric(address: string, wanted: string, owner: string, query: string): string {
    this.source(address);
    const queries = this.sources.get(address)?.source.queries ?? {};
    const short = metricName(wanted);
    const long = metricName(owner === wanted ? `own_${wanted}` : `${owner}_${wanted}`);
    const candidates = [short, long, ...Array.from({ length: 99 }, (_, index) => `${long}_${index + 2}`)];
    const name = candidates.find((one) => !taken.includes(one) && (queries[one] ?? query) === query) ?? long;
    queries[name] = query;
    return name;
  }

  document(name: string): PlatformDocument {
    const sources: Sources = Object.fromEntries([...this.sources.values()].map(({ name, source }) => [name, source]));
    return {
      apiVersion,
      kind: 'ProductionPlatform',
      metadata: { name },
      spec: { clusters: this.clusters, ...(this.sources.size > 0 ? { metric_sources: sources } : {}) },
    };
  }
}

/** A condition has to stay short enough to be read. */
const longestMetric = 80;

/** As conditions write it: letters, digits and underscores. */
function metricName(text: string): string {
  const name = text
    .slice(0, longestMetric)
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Za-z_]/.test(name) ? name : `metric_${name}`;
}
