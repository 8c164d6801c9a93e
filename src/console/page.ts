import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from './errors';

/** A year: what is in /assets has a hash of its content in its name. */
const forever = 'public, max-age=31536000, immutable';

const notBuilt = `The page of the console is not built here, the API is at work.
Build it with: npm run build
`;

/** The folder that the build makes beside this code. The sources of the page have no assets: they are not to be served. */
export function builtPage(folder = join(__dirname, 'web')): string | null {
  return existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'assets')) ? folder : null;
}

/** The page, for every path that is nothing else: it has routes of its own. */
export async function servePage(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder !== null) {
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.setHeader('cache-control', path.startsWith(join(folder, 'assets')) ? forever : 'no-store');
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (!asksForPage(request)) {
      throw new HttpError(404, 'NotFound', `there is nothing at ${request.method} ${request.url.slice(0, 200)}`, null);
    }
    return folder === null ? plainly(reply) : reply.header('cache-control', 'no-store').sendFile('index.html');
  });
}

/** By what browsers ask for when a person goes somewhere. */
function asksForPage({ method, url, headers }: FastifyRequest): boolean {
  const isPath = !/^\/(api|hooks|assets)(\/|$|\?)/.test(url);
  return ['GET', 'HEAD'].includes(method) && isPath && (headers.accept ?? '').includes('text/html');
}

function plainly(reply: FastifyReply): FastifyReply {
  return reply.code(503).type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(notBuilt);
}
