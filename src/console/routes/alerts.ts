import type { FastifyInstance } from 'fastify';
import type { AlertDesk, AlertState, Silence } from '../../contracts/alerts';
import { callerOf } from '../access/caller';
import { HttpError } from '../errors';
import { answers, done, givenReason, instant, name, object } from './schema';

const listQuery = object({
  namespace: name,
  state: { enum: ['pending', 'firing', 'resolved'] },
  limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 200 },
});
const silenceBody = object(
  {
    matchers: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } },
    reason: givenReason,
    until: instant,
  },
  ['matchers', 'reason', 'until'],
);

interface AlertQuery {
  readonly namespace?: string;
  readonly state?: AlertState;
  readonly limit?: number;
}

/** Alerts and silences; null: this system raises none. */
export function alertRoutes(api: FastifyInstance, alerts: AlertDesk | null): void {
  const desk = (): AlertDesk => {
    if (!alerts) throw new HttpError(501, 'NotSetUp', 'this system raises no alerts', 'Give the platform `alerting`.');
    return alerts;
  };
  api.get<{ Querystring: AlertQuery }>(
    '/alerts',
    { schema: { ...answers('AlertBook', 'Alerts and silences, newest first'), querystring: listQuery } },
    async ({ query }) => desk().read(query),
  );
  api.post<{ Params: { fingerprint: string }; Body: { reason: string } }>(
    '/alerts/:fingerprint/acknowledge',
    {
      schema: {
        ...done('Somebody looks after it: it is escalated no more'),
        params: object({ fingerprint: name }, ['fingerprint']),
        body: object({ reason: givenReason }, ['reason']),
      },
    },
    async (request, reply) => {
      await desk().acknowledge(request.params.fingerprint, callerOf(request).identity, request.body.reason);
      return reply.code(204).send();
    },
  );
  api.post<{ Body: Pick<Silence, 'matchers' | 'reason' | 'until'> }>(
    '/silences',
    { schema: { ...answers('Silence', 'Nobody is told of alerts with these labels until then'), body: silenceBody } },
    async (request) => desk().silence(request.body, callerOf(request).identity),
  );
  api.delete<{ Params: { id: string } }>(
    '/silences/:id',
    { schema: { ...done('Ends a silence'), params: object({ id: name }, ['id']) } },
    async (request, reply) => {
      await desk().expireSilence(request.params.id, callerOf(request).identity);
      return reply.code(204).send();
    },
  );
}
