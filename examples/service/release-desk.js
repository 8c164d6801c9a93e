// The service itself: what it does with the client, apart from where it listens.
import { createServer } from 'node:http';

/** HTTP status for each of the client's errors: the set is closed, so this table is complete. */
const statusOf = { NotFound: 404, Conflict: 409, Refused: 403, InvalidInput: 400, NotReachable: 503 };

/**
 * POST /releases                  { "release": "1.2.0", "by": "dana" }                       starts one
 * GET  /releases?phase=...                                                                  lists them
 * GET  /releases/NAME/RELEASE                                                               one, as it is now
 * GET  /releases/NAME/RELEASE/events                                                        each change, as server-sent events
 * POST /releases/NAME/RELEASE/decision { "verdict": "approve", "by": "alice", "reason": "" } decides what it asks
 *
 * `by` is taken from the body to keep the example short: a real service takes it from the request's verified identity.
 */
export function createReleaseDesk({ client, plan }) {
  return createServer(async (request, response) => {
    try {
      await route(request, response);
    } catch (error) {
      const status = statusOf[error.code] ?? 500;
      if (status === 500) console.error(error);
      send(response, status, { error: { code: error.code ?? 'Internal', message: error.message } });
    }
  });

  async function route(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://desk');
    const [collection, name, release, action, ...more] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const run = `${name}/${release}`;
    const call = `${request.method} ${action ?? (release ? 'one' : name ? '?' : 'all')}`;
    if (collection !== 'releases' || more.length > 0)
      return send(response, 404, { error: { message: 'no such page' } });

    switch (call) {
      case 'POST all': {
        const { release: wanted, by } = await body(request);
        return send(response, 202, await client.start({ plan: await plan(wanted), author: person(by) }));
      }
      case 'GET all': {
        const phase = searchParams.get('phase');
        return send(response, 200, { runs: await client.list(phase ? { phase } : {}) });
      }
      case 'GET one':
        return send(response, 200, await client.status(run));
      case 'GET events':
        return events(response, run);
      case 'POST decision': {
        const { by, ...decision } = await body(request);
        return send(response, 200, await client.decide(run, { ...decision, by: person(by) }));
      }
      default:
        return send(response, 404, { error: { message: 'no such page' } });
    }
  }

  async function events(response, run) {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const changes = client.watch(run, { signal: gone.signal });
    // The first one decides whether there is anything to follow: until then an error still has a status.
    let next = await changes.next();
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (; !next.done; next = await changes.next()) response.write(`data: ${JSON.stringify(next.value)}\n\n`);
    response.end();
  }
}

function person(name) {
  if (typeof name !== 'string' || name.trim() === '') throw badRequest('"by" must say who asks');
  return { name: name.trim(), source: 'cli' };
}

async function body(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 64 * 1024) throw badRequest('the body is too long');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
}

function badRequest(message) {
  return Object.assign(new Error(message), { code: 'InvalidInput' });
}

function send(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}
