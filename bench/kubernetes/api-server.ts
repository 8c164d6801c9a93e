import type { ClusterAccess } from '../../test/kubernetes/support/access';

/** What an API server says of itself, since it was started. */
export interface ApiServerFigures {
  readonly cpuSeconds: number;
  /** Of everybody, by `VERB resource`. */
  readonly requests: ReadonlyMap<string, number>;
}

export async function readApiServer(cluster: ClusterAccess): Promise<ApiServerFigures> {
  const requests = new Map<string, number>();
  let cpuSeconds = Number.NaN;
  for (const line of (await cluster.kubectl('get', '--raw=/metrics')).split('\n')) {
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    if (line.startsWith('process_cpu_seconds_total ')) cpuSeconds = value;
    if (!line.startsWith('apiserver_request_total{')) continue;
    const [verb, resource, sub] = ['verb', 'resource', 'subresource'].map((label) => labelOf(line, label));
    const key = `${verb} ${resource}${sub ? `/${sub}` : ''}`;
    requests.set(key, (requests.get(key) ?? 0) + value);
  }
  return { cpuSeconds, requests };
}

export function since(before: ApiServerFigures, after: ApiServerFigures): ApiServerFigures {
  const grown = [...after.requests].map(([key, count]) => [key, count - (before.requests.get(key) ?? 0)] as const);
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    requests: new Map(grown.filter(([, count]) => count > 0)),
  };
}

/**
 * Ours among those of everybody: the metric does not say who asked. Controllers write a Deployment by PUT and its pods' and
 * slices' kinds only; nobody but us applies, patches, reads or deletes Deployments and Services by name.
 */
export function ofDeployer({ requests }: ApiServerFigures): ReadonlyMap<string, number> {
  const own = /^(APPLY|PATCH|POST|GET|LIST|DELETE) (deployments|services)$/;
  return new Map([...requests].filter(([key]) => own.test(key)));
}

export function byVerb({ requests }: ApiServerFigures): ReadonlyMap<string, number> {
  const verbs = new Map<string, number>();
  for (const [key, count] of requests) {
    const [verb = ''] = key.split(' ');
    verbs.set(verb, (verbs.get(verb) ?? 0) + count);
  }
  return verbs;
}

export function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function labelOf(line: string, label: string): string {
  return new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? '';
}
