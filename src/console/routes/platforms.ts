import type { FastifyInstance } from 'fastify';
import type { PlatformDesk, PlatformText } from '../../activities/kpis';
import { errorCodeOf, failure } from '../../contracts/errors';
import type { Identity } from '../../contracts/identity';

interface ApplyRequest {
  readonly Body: PlatformText & { readonly by: Identity };
}

const text = { type: 'string', minLength: 1 } as const;
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'text', 'by'],
  properties: {
    file: text,
    text,
    by: { type: 'object', required: ['name', 'source'], properties: { name: text, source: text } },
  },
} as const;

/** The platforms whose objectives and figures are watched: applied, and listed. */
export function platformRoutes(api: FastifyInstance, platforms: PlatformDesk | null): void {
  const desk = (): PlatformDesk => {
    if (platforms) return platforms;
    throw failure('Unavailable', 'this system keeps no platforms: it has no database');
  };
  api.get('/platforms', async () => ({ platforms: await desk().list() }));
  api.put<ApplyRequest>('/platforms', { schema: { body } }, async (request, reply) => {
    const { by, ...source } = request.body;
    try {
      return await desk().apply(source, by);
    } catch (error) {
      if (errorCodeOf(error) !== 'InvalidInput') throw error;
      return reply.code(422).send({ error: { message: (error as Error).message } });
    }
  });
}
