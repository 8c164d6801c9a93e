import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type {
  ApiError,
  ApiTokens,
  ApprovalInbox,
  ConsoleRole,
  Estate,
  LiveEvent,
  RunAnalyses,
  RunDetail,
  RunList,
  RunTimeline,
} from '../../../../src/console/api';
import type { CommandLog } from '../../../../src/console/ports';
import type { AlertBook } from '../../../../src/contracts/alerts';
import { book } from './fixtures/alerts';
import { canaryAnalyses } from './fixtures/analyses';
import { approvals } from './fixtures/approvals';
import { auditPage, verification } from './fixtures/audit';
import { estate } from './fixtures/estate';
import { kpis } from './fixtures/kpis';
import { planOf } from './fixtures/plan';
import { canary, canaryId, canaryLogs, canaryTimeline } from './fixtures/run-canary';
import { rolledBack, rolledBackTimeline } from './fixtures/run-rolled-back';
import { runList } from './fixtures/runs';
import { csrfToken, session } from './fixtures/session';
import { madeToken, type TokenRequest, tokens } from './fixtures/tokens';
import { hostile } from './hostile';
import { servePage } from './page-files';

/** What the page is shown; tests change it, and tell the page by an event. */
export interface Shown {
  role: ConsoleRole | null;
  runs: RunList;
  runDetails: Map<string, RunDetail>;
  timeline: (id: string) => RunTimeline;
  analyses: (id: string) => RunAnalyses;
  logs: readonly CommandLog[];
  approvals: ApprovalInbox;
  estate: Estate;
  alerts: AlertBook;
  tokens: ApiTokens;
  /** The next request that changes something is refused with this. */
  refusal: ApiError | null;
}

export interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly csrf: unknown;
}

export interface FixtureServer {
  readonly url: string;
  readonly shown: Shown;
  /** Everything the page asked to change, in its order. */
  readonly written: readonly Written[];
  emit(event: LiveEvent): void;
  listeners(): number;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly runs?: number;
  readonly hostile?: boolean;
  /** For a server that comes back where it was. */
  readonly port?: number;
}

const nothing: RunAnalyses = { analyses: [] };

function initial(options: FixtureOptions): Shown {
  const seen = <T>(value: T): T => (options.hostile ? hostile(value) : value);
  return {
    role: 'admin',
    runs: seen(runList(options.runs ?? 60)),
    runDetails: new Map([canary, rolledBack].map((run) => [run.status.workflowId, seen(run)])),
    timeline: (id) => seen(id === canaryId ? canaryTimeline : rolledBackTimeline),
    analyses: (id) => (id === canaryId ? seen(canaryAnalyses) : nothing),
    logs: seen(canaryLogs),
    approvals: seen(approvals),
    estate: seen(estate),
    alerts: seen(book),
    tokens: seen(tokens),
    refusal: null,
  };
}

/** The console's API with data of the tests, typed by its contract, and the page as it was built. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const app = fastify({ forceCloseConnections: true });
  const shown = initial(options);
  const written: Written[] = [];
  const streams = new Set<FastifyReply>();
  await app.register(
    async (api) => {
      readRoutes(api, shown, options);
      writeRoutes(api, shown, written);
      api.get('/events', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        reply.raw.write(event({ type: 'hello' }));
        streams.add(reply);
        reply.raw.on('close', () => streams.delete(reply));
      });
    },
    { prefix: '/api/v1' },
  );
  servePage(app);
  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    shown,
    written,
    emit: (live) => {
      for (const { raw } of streams) raw.write(event(live));
    },
    listeners: () => streams.size,
    close: () => app.close(),
  };
}

const event = (live: LiveEvent): string => `event: ${live.type}\ndata: ${JSON.stringify(live)}\n\n`;

function readRoutes(api: FastifyInstance, shown: Shown, options: FixtureOptions): void {
  const seen = <T>(value: T): T => (options.hostile ? hostile(value) : value);
  const id = (params: unknown) => (params as { id: string }).id;
  api.get('/session', async () => session(shown.role));
  api.get('/runs', async () => shown.runs);
  api.get('/runs/:id', async ({ params }, reply) => {
    const run = shown.runDetails.get(id(params));
    const remedy = 'f0 list shows the runs there are.';
    const error: ApiError = { error: { code: 'NotFound', message: `there is no run "${id(params)}"`, remedy } };
    return run ?? reply.code(404).send(error);
  });
  api.get('/runs/:id/timeline', async ({ params }) => shown.timeline(id(params)));
  api.get('/runs/:id/analyses', async ({ params }) => shown.analyses(id(params)));
  api.get('/runs/:id/logs', async () => ({ logs: shown.logs }));
  api.get('/approvals', async () => shown.approvals);
  api.get('/estate', async () => shown.estate);
  api.get('/alerts', async () => shown.alerts);
  api.get('/tokens', async () => shown.tokens);
  api.get('/kpis', async ({ query }) => seen(kpis(Number((query as { days: string }).days))));
  api.get('/audit', async ({ query }) => seen(auditPage(query as Record<string, string>)));
  api.get('/audit/verify', async () => verification);
}

function writeRoutes(api: FastifyInstance, shown: Shown, written: Written[]): void {
  api.route({
    method: ['POST', 'DELETE'],
    url: '/*',
    handler: async ({ method, url, body, headers }, reply) => {
      const path = url.replace('/api/v1', '');
      if (path === '/plan') return planOf((body as { documents: readonly { text: string }[] }).documents[0]!.text);
      written.push({ method, path, body: body ?? null, csrf: headers['x-csrf-token'] });
      if (path === '/session') shown.role = method === 'POST' ? 'admin' : null;
      if (headers['x-csrf-token'] !== csrfToken)
        return reply.code(403).send({ error: { code: 'PermissionDenied', message: 'no token', remedy: null } });
      if (shown.refusal) return reply.code(409).send(shown.refusal);
      if (path === '/tokens') return madeToken(body as TokenRequest);
      return reply.code(204).send();
    },
  });
}
