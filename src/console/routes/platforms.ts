import type { FastifyInstance } from 'fastify';
import type { PlatformDesk, PlatformText } from '../../activities/kpis';
import type { Identity } from '../../contracts/identity';
import { callerOf } from '../access/caller';
import { HttpError } from '../errors';
import { object } from './schema';

interface ApplyBody extends PlatformText {
  readonly by?: Identity;
}

const text = { type: 'string', minLength: 1 } as const;
// `by` is what the command line knows of its user, who owns the system; anybody else is who they are signed in as.
const body = object(
  { file: text, text, by: { type: 'object', required: ['name', 'source'], properties: { name: text, source: text } } },
  ['file', 'text'],
);

/** The platforms whose objectives and figures are watched: applied, and listed. */
export function platformRoutes(api: FastifyInstance, platforms: PlatformDesk | null): void {
  const desk = (): PlatformDesk => {
    if (platforms) return platforms;
    throw new HttpError(501, 'NotSetUp', 'this system keeps no platforms: it has no database', null);
  };
  const schema = { hide: true };
  api.get('/platforms', { schema }, async () => ({ platforms: await desk().list() }));
  api.put<{ Body: ApplyBody }>('/platforms', { schema: { ...schema, body } }, async (request) => {
    const { by, ...source } = request.body;
    const caller = callerOf(request);
    return desk().apply(source, caller.via === 'owner' && by ? by : caller.identity);
  });
}
