import type { FastifyInstance } from 'fastify';
import type { SignMessage } from '../../client';
import type { CommandInput } from '../../contracts/messages';
import type { SignedCommand } from '../../contracts/proof';

interface SignatureRequest {
  readonly Body: { readonly command: SignedCommand; readonly workflowId: string; readonly message: CommandInput };
}

const request = {
  type: 'object',
  required: ['command', 'workflowId', 'message'],
  additionalProperties: false,
  properties: {
    command: { type: 'string', enum: ['decide', 'pause', 'resume', 'abort', 'rollback', 'skip'] },
    workflowId: { type: 'string', minLength: 1 },
    message: {
      type: 'object',
      required: ['by', 'reason'],
      properties: { by: { type: 'object' }, reason: { type: 'string' } },
    },
  },
} as const;

/** Signs a message as the owner of this system, whoever it says it is from; where there is no key, there is no route. */
export function signatureRoutes(api: FastifyInstance, sign: SignMessage | undefined): void {
  if (!sign) return;
  api.post<SignatureRequest>('/signatures', { schema: { body: request } }, async ({ body }) => ({
    message: await sign(body.command, body.workflowId, body.message),
  }));
}
