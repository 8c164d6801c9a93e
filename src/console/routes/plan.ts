import type { FastifyInstance } from 'fastify';
import { type PastedDocument, planPreview } from '../views/plan-preview';
import { answers, name, object } from './schema';

const body = object(
  {
    documents: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: object({ name, text: { type: 'string', maxLength: 512 * 1024 } }, ['name', 'text']),
    },
  },
  ['documents'],
);

/** What a pasted document would do. */
export function planRoutes(api: FastifyInstance): void {
  api.post<{ Body: { documents: readonly PastedDocument[] } }>(
    '/plan',
    { schema: { ...answers('PlanPreview', 'What pasted documents would do; changes nothing'), body } },
    async (request) => planPreview(request.body.documents),
  );
}
