import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { EnvironmentRef } from '../../client';
import { failure } from '../../contracts/errors';
import { callerOf } from '../access/caller';
import type { ConsoleParts } from '../ports';
import { estateView } from '../views/estate';
import { answers, done, givenReason, instant, name, object, reason } from './schema';

const params = object({ namespace: name, environment: name }, ['namespace', 'environment']);
const freezeBody = object({ reason: givenReason, id: name, until: { ...instant, nullable: true } }, ['reason']);
const unfreezeBody = object({ reason: givenReason, id: name }, ['reason']);
const driftBody = object({ reason, heal: { type: 'boolean', default: false } });

interface InEnvironment<Body> {
  readonly Params: EnvironmentRef;
  readonly Body: Body;
}

/** What runs where, and what people do with an environment. */
export function estateRoutes(api: FastifyInstance, parts: ConsoleParts): void {
  const { client, looks } = parts;
  api.get('/estate', { schema: answers('Estate', 'What runs where, and how it is') }, async () => estateView(parts));

  api.post<InEnvironment<{ reason: string; id?: string; until?: string | null }>>(
    '/environments/:namespace/:environment/freeze',
    { schema: { ...answers('Freeze', 'Holds promotions into an environment'), params, body: freezeBody } },
    async (request) => {
      const { id = `console-${randomUUID().slice(0, 8)}`, until = null } = request.body;
      const { identity: by } = callerOf(request);
      return client.freeze({ ...request.params, by, reason: request.body.reason, id, until });
    },
  );
  api.post<InEnvironment<{ reason: string; id?: string }>>(
    '/environments/:namespace/:environment/unfreeze',
    { schema: { ...done('Lifts one freeze, or all that people have set'), params, body: unfreezeBody } },
    async (request, reply) => {
      await client.unfreeze({ ...request.params, ...request.body, by: callerOf(request).identity });
      return reply.code(204).send();
    },
  );
  api.post<InEnvironment<{ reason?: string; heal?: boolean } | null>>(
    '/environments/:namespace/:environment/drift',
    {
      schema: {
        ...answers('DriftResult', 'Looks for what somebody has changed; heals it if asked to, with a reason'),
        params,
        body: driftBody,
      },
    },
    async (request) => {
      const { reason: why = '', heal = false } = request.body ?? {};
      if (heal && why.trim() === '') throw failure('InvalidInput', 'healing changes clusters: it needs a reason');
      const { identity: by } = callerOf(request);
      const result = await client.drift({ ...request.params, by, reason: why, heal });
      await looks.keep({ at: new Date().toISOString(), result });
      return result;
    },
  );
}
