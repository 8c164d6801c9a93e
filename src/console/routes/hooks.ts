import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
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
  /** `whsec_...`: the key that signs events; null: none are taken. */
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

/** What other systems tell us. Each proves itself by its signature, an Alertmanager by an API token. */
export function hookRoutes(hooks: FastifyInstance, client: Pick<ConsoleClient, 'tell'>, parts: HookParts): void {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const options = { config: hookLimit, bodyLimit, schema: { hide: true } };

  hooks.post('/events', options, async (request, reply) => {
    const hook = rawHook(request);
    const verified = verifiedEvent(hook, parts.eventSecret);
    const event = eventSchema.safeParse(verified);
    if (!event.success) throw new HttpError(400, 'InvalidInput', z.prettifyError(event.error), null);
    await refuseReplay(hook, parts.seen);
    const { run, ...told } = event.data;
    await client.tell(run, told);
    return reply.code(204).send();
  });
  hooks.post('/slack', options, async (request, reply) => {
    if (!parts.slack) throw notSetUp('no Slack app is set up');
    const hook = rawHook(request);
    const signature = hook.headers['x-slack-signature'];
    if (signature === undefined) throw unauthenticated('the signature of Slack is missing');
    const answer = await parts.slack(hook).catch((error: unknown) => {
      // To a stranger it is no matter of what they may.
      if (errorCodeOf(error) === 'PermissionDenied') throw unauthenticated(rootMessage(error));
      throw error;
    });
    return answer === undefined ? reply.code(200).send() : reply.send(answer);
  });
  hooks.post('/alertmanager', options, async (request, reply) => {
    if (!parts.alertmanager) throw notSetUp('this system takes no alerts');
    await parts.alertmanager(jsonOf(rawHook(request).body));
    return reply.code(204).send();
  });
}

/** Throws 401 for a signature that is forged, or whose time is more than five minutes from ours. */
function verifiedEvent({ body, headers }: RawHook, secret: string | null): unknown {
  if (secret === null) throw notSetUp('no key for events is set up');
  try {
    return new Webhook(secret).verify(body, { ...headers });
  } catch (error) {
    if (error instanceof SyntaxError) throw new HttpError(400, 'InvalidInput', 'the body is no JSON', null);
    throw unauthenticated(
      `this webhook is not taken: ${error instanceof Error ? error.message : 'its signature is wrong'}`,
    );
  }
}

async function refuseReplay({ headers }: RawHook, seen: HookStore): Promise<void> {
  const id = headers['webhook-id'] ?? '';
  if (!(await seen.first(id))) throw unauthenticated(`webhook ${id.slice(0, 100)} was taken already`);
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
