import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuditLog } from '../activities/audit';
import type { AuditEntry } from '../contracts/audit';
import type { Identity } from '../contracts/identity';

declare module 'fastify' {
  interface FastifyRequest {
    /** What was done, where neither the address nor the reason of a request tells. No secrets: it goes into the trail. */
    told: string | null;
  }
}

export interface WriteTrailOptions {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly onFault: (error: unknown) => void;
  /** Something was changed just now. */
  readonly onWrite: () => void;
}

/** These change nothing, whatever their method says. */
const harmless: ReadonlySet<string> = new Set(['/api/v1/plan']);
const nobody: Identity = { name: 'nobody', source: 'system' };

/**
 * Every request that changes something is in the audit trail before it is answered, with who made it and what became of
 * it; those that were refused too, where we know by whom, and forged webhooks. What a run does about it, it records itself.
 * With the database away it is done all the same: a rollback does not wait for its record.
 */
export function keepTrail(app: FastifyInstance, { audit, onFault, onWrite }: WriteTrailOptions): void {
  app.decorateRequest('told', null);
  app.addHook('onSend', async (request, reply) => {
    if (!isWrite(request) || !isWorthIt(request, reply.statusCode)) return;
    onWrite();
    await audit.append([entryOf(request, reply.statusCode)]).catch(onFault);
  });
}

function isWrite({ method, routeOptions: { url = '' } }: FastifyRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && /^\/(api|hooks)\//.test(url) && !harmless.has(url);
}

/** Somebody unknown who is refused leaves no row: else anybody could fill the trail. Hooks are limited in number. */
function isWorthIt({ caller, routeOptions: { url = '' } }: FastifyRequest, status: number): boolean {
  return status < 400 || caller !== null || (url.startsWith('/hooks/') && status !== 429);
}

function entryOf(request: FastifyRequest, status: number): AuditEntry {
  const { method, routeOptions, caller } = request;
  const params = request.params as Readonly<Record<string, string | undefined>>;
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const route = `${method} ${routeOptions.url}`;
  const workflowId = params.id?.startsWith('pipeline/') ? params.id : `console/${params.namespace ?? ''}`;
  const [, namespace = '', , release] = workflowId.split('/');
  return {
    key: `console/${randomUUID()}`,
    at: new Date().toISOString(),
    actor: caller?.identity ?? nobody,
    action: status < 400 ? 'console.request' : 'console.refused',
    workflowId,
    namespace,
    ...(params.environment === undefined ? {} : { environment: params.environment }),
    ...(release ? { release } : {}),
    reason: request.told ?? (typeof body.reason === 'string' ? body.reason : ''),
    details: { route, status, address: request.ip, ...(caller ? { role: caller.role, via: caller.via } : {}) },
  };
}
