import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors';
import type { EventHub } from '../live/event-hub';
import { sends } from './schema';

/** What has changed, as it changes: server-sent events. */
export function eventRoutes(api: FastifyInstance, hub: EventHub): void {
  api.get(
    '/events',
    { schema: sends('text/event-stream', 'What has changed, as it changes: LiveEvent'), config: { rateLimit: false } },
    async (_request, reply) => {
      if (hub.isFull) throw new HttpError(503, 'Unavailable', 'too many pages are open, or the console is ending');
      reply.hijack();
      const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
      // Proxies that gather what they pass on would gather for ever.
      reply.raw.writeHead(200, { ...(headers as Record<string, string>), 'x-accel-buffering': 'no' });
      hub.add(reply.raw);
    },
  );
}
