import type { FastifyInstance } from 'fastify';
import { answers } from './schema';

/** Figures of the observer of this process. */
export function watchRoutes(api: FastifyInstance, stats: () => unknown): void {
  api.get('/watches', { schema: answers('ObserverStats', 'Figures of the observer of this process') }, async () =>
    stats(),
  );
}
