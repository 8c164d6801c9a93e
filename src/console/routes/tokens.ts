import type { FastifyInstance } from 'fastify';
import { callerOf } from '../access/caller';
import type { TokenStore } from '../access/token-store';
import { type ApiTokens, type ConsoleRole, consoleRoles } from '../api';
import { answers, done, instant, name, object } from './schema';

const body = object(
  {
    name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
    role: { enum: consoleRoles },
    expiresAt: { ...instant, nullable: true },
  },
  ['name', 'role'],
);

/** Tokens for services. */
export function tokenRoutes(api: FastifyInstance, tokens: TokenStore): void {
  api.get(
    '/tokens',
    { schema: answers('ApiTokens', 'Tokens of services') },
    async (): Promise<ApiTokens> => ({
      tokens: await tokens.list(),
    }),
  );
  api.post<{ Body: { name: string; role: ConsoleRole; expiresAt?: string | null } }>(
    '/tokens',
    { schema: { ...answers('NewApiToken', 'Makes a token; its secret is in this answer alone'), body } },
    async (request) => {
      const { expiresAt = null, ...wanted } = request.body;
      const made = await tokens.create({ ...wanted, expiresAt, by: callerOf(request).identity.name });
      const { id, name: of, role } = made.token;
      request.told = `token ${id} made: ${of}, ${role}, valid until ${expiresAt ?? 'it is revoked'}`;
      return made;
    },
  );
  api.delete<{ Params: { id: string } }>(
    '/tokens/:id',
    { schema: { ...done('Revokes a token, at once'), params: object({ id: name }, ['id']) } },
    async (request, reply) => {
      await tokens.revoke(request.params.id);
      request.told = `token ${request.params.id} revoked`;
      return reply.code(204).send();
    },
  );
}
