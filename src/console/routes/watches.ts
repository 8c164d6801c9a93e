import type { FastifyInstance } from 'fastify';

/** The analyses that the observer of this process carries. */
export function watchRoutes(api: FastifyInstance, watches: () => Promise<unknown>): void {
  api.get('/watches', () => watches());
}
