import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { webhookVerifier } from '../../activities/notify';
import { errorCodeOf, rootMessage } from '../../contracts/errors';
import { HttpError, unauthenticated } from '../errors';
import type { HookStore } from '../hook-store';
import type { ConsoleClient } from '../ports';

/** A request as it came, to be held against its signature: what was parsed and written again is another one. */
export interface RawHook {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HookParts {
  /** What signs events: `whsec_` and base64, or any other text; null: none are taken. */
  readonly eventSecret: string | null;
  /** Does what a button in Slack says, and answers with what Slack shows. Throws `PermissionDenied` for a forged one. */
  readonly slack: ((hook: RawHook) => Promise<unknown>) | null;
  /** Takes in what an Alertmanager sends. */
  readonly alertmanager: ((payload: unknown) => Promise<void>) | null;
  readonly seen: HookStore;
}

const hookLimit = { rateLimit: { max: 120, timeWindow: '1 minute' } };
const bodyLimit = 256 * 1024;

const eventSchema = z.object({
  run: z.string().min(1).max(600),
  name: z.string().regex(/^[A-Za-z][\w.-]{0,127}$/, { error: 'must be the name of an event, as in a trigger' }),
  message: z.string().max(2_000).default(''),
});

/**
 * What other systems tell us. Each proves itself by its signature, an Alertmanager by an API token. Throws `InvalidInput`
 * for a secret that signs nothing.
 */
export function hookRoutes(hooks: FastifyInstance, client: Pick<ConsoleClient, 'tell'>, parts: HookParts): void {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const options = { config: hookLimit, bodyLimit, schema: { hide: true } };
  const verifyEvent = parts.eventSecret === null ? null : webhookVerifier(parts.eventSecret);

  hooks.post('/events', options, async (request, reply) => {
    if (!verifyEvent) throw notSetUp('no key for events is set up');
    const hook = rawHook(request);
    const event = eventSchema.safeParse(await proven(() => verifyEvent(hook.headers, hook.body)));
    if (!event.success) throw new HttpError(400, 'InvalidInput', z.prettifyError(event.error), null);
    const { run, ...told } = event.data;
    await once(hook, parts.seen, () => client.tell(run, told));
    return reply.code(204).send();
  });
  hooks.post('/slack', options, async (request, reply) => {
    const { slack } = parts;
    if (!slack) throw notSetUp('no Slack app is set up');
    const hook = rawHook(request);
    const signature = hook.headers['x-slack-signature'];
    if (signature === undefined) throw unauthenticated('the signature of Slack is missing');
    const answer = await proven(() => slack(hook));
    return answer === undefined ? reply.code(200).send() : reply.send(answer);
  });
  hooks.post('/alertmanager', options, async (request, reply) => {
    if (!parts.alertmanager) throw notSetUp('this system takes no alerts');
    await parts.alertmanager(jsonOf(rawHook(request).body));
    return reply.code(204).send();
  });
}

/** What does not prove itself comes from a stranger, and is no matter of what somebody may: 401. */
async function proven<T>(verify: () => T | Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    throw errorCodeOf(error) === 'PermissionDenied' ? unauthenticated(rootMessage(error)) : error;
  }
}

/** Throws 401 for a webhook that was taken already. One that could not be passed on was not taken. */
async function once({ headers }: RawHook, seen: HookStore, pass: () => Promise<void>): Promise<void> {
  const id = headers['webhook-id'] ?? '';
  if (!(await seen.first(id))) throw unauthenticated(`webhook ${id.slice(0, 100)} was taken already`);
  try {
    await pass();
  } catch (error) {
    await seen.forget(id);
    throw error;
  }
}

function rawHook({ body, headers }: FastifyRequest): RawHook {
  const single = Object.entries(headers).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
  return { body: Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers: Object.fromEntries(single) };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpError(400, 'InvalidInput', 'the body is no JSON', null);
  }
}

function notSetUp(message: string): HttpError {
  return new HttpError(501, 'NotSetUp', message, null);
}
