import type { FastifyInstance } from 'fastify';
import type { CommandInput } from '../../contracts/messages';
import type { SignedCommand } from '../../contracts/proof';
import { callerOf } from '../access/caller';
import { forbidden } from '../errors';
import type { ConsoleParts } from '../ports';

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

/**
 * Signs a message as the owner of this system, whoever it says it is from: for the command line, which sends it itself.
 * Where there is no key, there is no route.
 */
export function signatureRoutes(api: FastifyInstance, signerOf: ConsoleParts['signerOf']): void {
  if (!signerOf) return;
  const schema = { hide: true, body: request };
  api.post<SignatureRequest>('/signatures', { schema }, async (asked) => {
    const caller = callerOf(asked);
    if (caller.via !== 'owner') throw forbidden('this is for the owner of the system: decide by the API instead');
    const { command, workflowId, message } = asked.body;
    return { message: await signerOf(caller)(command, workflowId, message) };
  });
}
