import { z } from 'zod';
import { failure } from '../../contracts/errors';
import type { ChannelPlan, StrategyName } from '../../definition/release-plan';
import { jsonOf } from '../http/json';
import { nrqlText } from '../metrics/new-relic-queries';
import { fillTemplate } from '../metrics/template';
import { postToChannel } from './channel-http';
import { addressOf, type GraphChannelOptions, type GraphMark, graphMarkOf, keyOf } from './graph-mark';
import type { Channel } from './port';

const document = `mutation MarkDeployment($event: ChangeTrackingCreateEventInput!) {
  changeTrackingCreateEvent(changeTrackingEvent: $event) {
    changeTrackingEvent { changeTrackingId }
    messages
  }
}`;

const errorSchema = z.object({
  message: z.string(),
  extensions: z.looseObject({ errorClass: z.string().optional() }).nullish(),
});
const answerSchema = z.object({
  data: z
    .object({
      changeTrackingCreateEvent: z
        .object({
          changeTrackingEvent: z.object({ changeTrackingId: z.string() }).nullish(),
          messages: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  errors: z.array(errorSchema).nullish(),
});
type Answer = z.infer<typeof answerSchema>;

/** Those of change tracking. It has none for a release that replaces another at once. */
const types: Readonly<Record<StrategyName, string>> = {
  rolling: 'ROLLING',
  blue_green: 'BLUE_GREEN',
  canary: 'CANARY',
  recreate: 'BASIC',
};

/**
 * Two events of change tracking a deployment, in one group, at the entity that the channel's search finds. New Relic keeps
 * no idempotency key: an event whose answer was lost may be there twice.
 */
export function createNewRelicChannel({ secrets, timeoutSeconds }: GraphChannelOptions): Channel {
  return async ({ channel, notification }, cancelled) => {
    const mark = graphMarkOf(notification);
    if (!mark) return;
    const url = addressOf(channel);
    const headers = { 'content-type': 'application/json', 'api-key': await keyOf(channel, secrets) };
    const entity = entityOf(channel, mark);
    const body = JSON.stringify({ query: document, variables: { event: eventOf(mark, entity) } });
    const request = { channel: channel.name, url, headers, body, timeoutSeconds, cancelled, reasonOf };
    const { text } = await postToChannel(request);
    const answer = answerSchema.safeParse(jsonOf(text));
    if (!answer.success) {
      const message = `channel "${channel.name}": what answers at ${url.host} is not New Relic: is there a proxy?`;
      throw failure('Unavailable', message);
    }
    throwRefusal(channel, url, entity, answer.data);
  };
}

function entityOf({ entity = '' }: ChannelPlan, { app, environment, namespace, release }: GraphMark): string {
  return fillTemplate(entity, {
    app: nrqlText(app),
    environment: nrqlText(environment),
    namespace: nrqlText(namespace),
    release: nrqlText(release),
  });
}

function eventOf(mark: GraphMark, entity: string) {
  const { key, title, text, at, by, strategy, outcome, app, environment, release, namespace } = mark;
  return {
    entitySearch: { query: entity },
    categoryAndTypeData: {
      kind: { category: 'DEPLOYMENT', type: types[strategy] },
      categoryFields: { deployment: { version: release } },
    },
    groupId: key,
    shortDescription: title,
    description: text,
    timestamp: Date.parse(at),
    user: by,
    customAttributes: { app, environment, namespace, outcome: outcome ?? 'running' },
  };
}

/** GraphQL answers 200 whatever becomes of the request: what it says decides. */
function throwRefusal({ name }: ChannelPlan, { host }: URL, entity: string, { data, errors }: Answer): void {
  const created = data?.changeTrackingCreateEvent;
  const said = [...(errors ?? []).map(({ message }) => message), ...(created?.messages ?? [])].join('; ').slice(0, 500);
  // Messages beside an event are remarks.
  if (created?.changeTrackingEvent) return;
  const isTheirs = (errors ?? []).some(({ extensions }) =>
    /SERVER|TIMEOUT|TOO_MANY/.test(extensions?.errorClass ?? ''),
  );
  if (isTheirs) throw failure('Unavailable', `channel "${name}": ${host} has a fault of its own: ${said}`);
  throw failure(
    'InvalidInput',
    `channel "${name}": ${host} does not mark the entity of ${entity}: ${said || 'no reason given'}. Does the search (\`entity\`) find one, and may the key's user change it?`,
  );
}

function reasonOf(text: string): string {
  const answer = answerSchema.safeParse(jsonOf(text));
  return answer.success
    ? (answer.data.errors ?? [])
        .map(({ message }) => message)
        .join('; ')
        .slice(0, 300)
    : '';
}
