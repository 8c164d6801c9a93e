import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';

const built = resolve(__dirname, '../../../../dist/console/web');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As strict as the console's own: the page must get along with it. */
const policy = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'font-src', 'connect-src', 'form-action'].map((name) => `${name} 'self'`),
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What was built; any other address is the page, which finds its way by itself. */
export function servePage(app: FastifyInstance): void {
  if (!existsSync(join(built, 'index.html'))) throw new Error(`${built} has no page: npm run build makes it`);
  app.get('/*', async (request, reply) => {
    const path = decodeURIComponent(new URL(request.url, 'http://page').pathname);
    const file = join(built, path);
    const found =
      extname(path) in types && file.startsWith(built) && existsSync(file) ? file : join(built, 'index.html');
    return reply
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .type(types[extname(found)] ?? 'application/octet-stream')
      .send(readFileSync(found));
  });
}
