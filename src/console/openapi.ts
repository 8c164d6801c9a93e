import { fastifySwagger } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { shapes } from './openapi/shapes';

/** The shapes of api.ts, and what every route says of itself, as one document: GET /api/v1/openapi.json. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  for (const shape of shapes) app.addSchema(shape);
  // The shapes describe; what is answered is not cut to them.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Framework0 Production',
        version,
        description: 'Runs, approvals, the estate, alerts, figures and the audit trail of one system.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token: `f0 token create`.' },
          session: { type: 'apiKey', in: 'cookie', name: 'f0_session', description: 'What signing in sets.' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `def-${index}`,
    },
  });
}

export function openApiRoute(api: FastifyInstance, app: FastifyInstance): void {
  api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
