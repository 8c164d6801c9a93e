import type { AlertDesk } from '../../contracts/alerts';

/** Enough for any estate; a storm beyond it is degraded all the same. */
const most = 1_000;

/** How many alerts fire in an environment; none where nothing raises any, or nobody can tell just now. */
export async function firingIn(alerts: AlertDesk | null): Promise<(namespace: string, environment: string) => number> {
  const book = await alerts?.read({ state: 'firing', limit: most }).catch(() => null);
  const counts = new Map<string, number>();
  for (const { labels } of book?.alerts ?? []) {
    const key = `${labels.namespace}/${labels.environment}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (namespace, environment) => counts.get(`${namespace}/${environment}`) ?? 0;
}
