import { z } from 'zod';
import { GrafanaApi, notGrafana } from '../grafana';
import { escapeHtml } from './email-text';
import { addressOf, type GraphChannelOptions, type GraphMark, graphMarkOf, keyOf } from './graph-mark';
import type { Channel } from './port';

const foundSchema = z.array(z.object({ id: z.number() }));
const addedSchema = z.object({ id: z.number() });

/**
 * One annotation a deployment, of the whole organisation: a dashboard shows those whose tags it asks for. It begins as a
 * point, and is a region when the deployment has ended. Grafana keeps no idempotency key: a tag of ours finds what is
 * there, so that a try whose answer was lost adds nothing.
 */
export function createGrafanaChannel({ secrets, timeoutSeconds }: GraphChannelOptions): Channel {
  return async ({ channel, notification }, cancelled) => {
    const mark = graphMarkOf(notification);
    if (!mark) return;
    const url = addressOf(channel).href;
    const api = new GrafanaApi({ url, token: await keyOf(channel, secrets), timeoutSeconds, cancelled });
    const id = await findAnnotation(api, mark);
    if (id === null) await add(api, mark);
    else if (mark.outcome !== null) await api.call('PATCH', `api/annotations/${id}`, annotationOf(mark));
  };
}

async function findAnnotation(api: GrafanaApi, { key }: GraphMark): Promise<number | null> {
  const { body } = await api.call('GET', `api/annotations?type=annotation&limit=1&tags=${encodeURIComponent(key)}`);
  const found = foundSchema.safeParse(body);
  if (!found.success) throw notGrafana(api);
  return found.data[0]?.id ?? null;
}

async function add(api: GrafanaApi, mark: GraphMark): Promise<void> {
  const { body } = await api.call('POST', 'api/annotations', annotationOf(mark));
  if (!addedSchema.safeParse(body).success) throw notGrafana(api);
}

function annotationOf(mark: GraphMark) {
  const { key, title, text, at, startedAt, outcome, namespace, app, environment, release } = mark;
  return {
    time: Date.parse(startedAt),
    ...(outcome === null ? {} : { timeEnd: Date.parse(at) }),
    tags: [
      'deployment',
      `app:${app}`,
      `environment:${environment}`,
      `release:${release}`,
      `namespace:${namespace}`,
      `outcome:${outcome ?? 'running'}`,
      key,
    ],
    // Grafana shows it as HTML.
    text: `<b>${escapeHtml(title)}</b><br>${escapeHtml(text)}`,
  };
}
