import { fastifyCookie } from '@fastify/cookie';
import { fastifyHelmet } from '@fastify/helmet';
import { fastifyRateLimit } from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import type { Identity } from '../contracts/identity';
import type { ListenConfig } from '../workers/config';
import { cannotServe } from '../workers/http';
import { keepGate } from './access/gatekeeper';
import type { LocalUsers } from './access/local-users';
import type { OidcSignIn } from './access/oidc';
import type { SessionStore } from './access/session-store';
import { createSignInLinks } from './access/sign-in-links';
import type { TokenStore } from './access/token-store';
import { explain, forbidden, HttpError } from './errors';
import { EventHub } from './live/event-hub';
import { Watcher } from './live/watcher';
import { describeApi, openApiRoute } from './openapi';
import { builtPage, servePage } from './page';
import type { ConsoleParts } from './ports';
import { traceRequests } from './request-spans';
import { alertRoutes } from './routes/alerts';
import { approvalRoutes } from './routes/approvals';
import { auditRoutes } from './routes/audit';
import { estateRoutes } from './routes/estate';
import { eventRoutes } from './routes/events';
import { type HookParts, hookRoutes } from './routes/hooks';
import { kpiRoutes } from './routes/kpis';
import { oidcRoutes } from './routes/oidc';
import { planRoutes } from './routes/plan';
import { platformRoutes } from './routes/platforms';
import { runRoutes } from './routes/runs';
import { sessionRoutes } from './routes/session';
import { signatureRoutes } from './routes/signatures';
import { tokenRoutes } from './routes/tokens';
import { watchRoutes } from './routes/watches';
import { planReader } from './views/run-detail';
import { keepTrail } from './write-trail';

export interface ConsoleLogger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ConsoleOptions {
  readonly parts: ConsoleParts;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  /** Null: nobody signs in by a password. */
  readonly users: LocalUsers | null;
  /** Null: nobody signs in by an identity provider. */
  readonly oidc: OidcSignIn | null;
  readonly hooks: HookParts;
  /** Whoever can read system.json has the token: the owner of this home. Null: there is none. */
  readonly owner: { readonly token: string; readonly identity: Identity } | null;
  /** What people see in their address bar, where a proxy stands before us; null: they come directly. */
  readonly publicUrl: string | null;
  /** Answers to 127.0.0.1 and its names alone. */
  readonly loopbackOnly: boolean;
  readonly version: string;
  readonly logger: ConsoleLogger;
  /** The built page. @default the one that the build made; null: it is not built */
  readonly pageFolder?: string | null;
}

export interface RunningApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Documents of a megabyte are pasted; nothing else is near that. */
const bodyLimit = 2 * 1024 * 1024;
/** A page that is open asks some 20 times when everything changes. */
const requestsAMinute = 1_200;
/** A workflow id, percent-encoded. */
const maxParamLength = 1_024;

/** A request gives up on Temporal after ten seconds; whoever ends us waits for thirty at most. */
const drainMs = 12_000;

/** API and page of the console. Throws `Conflict` when the port is taken. */
export async function startApi(options: ConsoleOptions, at: ListenConfig): Promise<RunningApi> {
  const app = await createApi(options);
  const url = await app.listen(at).catch(async (cause: NodeJS.ErrnoException) => {
    await app.close();
    throw cannotServe('the console', at, cause);
  });
  return {
    url,
    /** Requests that are at work are answered first. */
    close: async () => {
      const late = setTimeout(() => {
        options.logger.warn({ afterMs: drainMs }, 'connections that did not end by themselves are cut off');
        app.server.closeAllConnections();
      }, drainMs);
      await app.close().finally(() => clearTimeout(late));
    },
  };
}

export async function createApi(options: ConsoleOptions): Promise<FastifyInstance> {
  const { parts, publicUrl, logger, version } = options;
  const app = fastify({
    forceCloseConnections: 'idle',
    bodyLimit,
    exposeHeadRoutes: false,
    // What a client says of its own address is worth something behind a proxy alone.
    trustProxy: publicUrl !== null,
    routerOptions: { maxParamLength },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } },
  });
  const hub = new EventHub({ onAudience: (present) => void (present ? watcher.start() : watcher.stop()) });
  const watcher = new Watcher({
    parts,
    publish: (event) => hub.publish(event),
    onFault: (error) => logger.warn({ err: error }, 'the console cannot see what has changed'),
  });
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    hub.close();
    await watcher.stop();
  });
  // Kept open for a next request, a connection would hold the process until nobody waits for it any more.
  app.addHook('onResponse', async ({ raw }) => {
    if (closing) raw.socket.destroySoon();
  });

  app.setErrorHandler((error, request, reply) => {
    const { status, body, expected } = explain(error);
    if (!expected) logger.error({ err: error, url: request.url }, 'a request could not be answered');
    return reply.code(status).send(body);
  });
  traceRequests(app);
  // A page that a browser was lured to may resolve its own name to 127.0.0.1: such requests carry that name.
  app.addHook('onRequest', async (request) => {
    if (options.loopbackOnly && !isLoopbackName(request.hostname))
      throw forbidden('this API answers to 127.0.0.1 only');
  });
  await app.register(fastifyHelmet, helmetOptions(publicUrl));
  await app.register(fastifyRateLimit, {
    max: requestsAMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new HttpError(429, 'RateLimited', `too many requests from this address: again in ${after}`),
  });
  await app.register(fastifyCookie);
  await describeApi(app, version);
  keepGate(app, { ...options });
  keepTrail(app, {
    audit: parts.audit,
    onFault: (error) => logger.warn({ err: error }, 'a request could not be recorded'),
    onWrite: () => watcher.hurry(),
  });

  probeRoutes(app, parts);
  await app.register(async (api) => apiRoutes(api, app, options, hub), { prefix: '/api/v1' });
  await app.register(async (hooks) => hookRoutes(hooks, parts.client, options.hooks), { prefix: '/hooks' });
  await servePage(app, options.pageFolder === undefined ? builtPage() : options.pageFolder);
  return app;
}

function apiRoutes(api: FastifyInstance, app: FastifyInstance, options: ConsoleOptions, hub: EventHub): void {
  const { parts, owner, oidc } = options;
  const plans = planReader(parts.client);
  openApiRoute(api, app);
  sessionRoutes(api, {
    ...options,
    owner: owner?.identity ?? null,
    links: createSignInLinks(),
    oidc: oidc && { label: oidc.label },
    temporalUiUrl: parts.temporalUiUrl,
  });
  if (oidc) oidcRoutes(api, { ...options, oidc });
  eventRoutes(api, hub);
  runRoutes(api, parts, plans);
  watchRoutes(api, parts.observerStats);
  approvalRoutes(api, parts, plans);
  estateRoutes(api, parts);
  planRoutes(api);
  auditRoutes(api, parts.audit);
  alertRoutes(api, parts.alerts);
  kpiRoutes(api, parts.kpis);
  platformRoutes(api, parts.platforms);
  tokenRoutes(api, options.tokens);
  signatureRoutes(api, parts.signerOf);
}

function probeRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const unlimited = { config: { rateLimit: false }, schema: { hide: true } };
  app.get('/health', unlimited, async () => ({ status: 'ok', pid: process.pid }));
  app.get('/ready', unlimited, async (_request, reply) => {
    const missing = await parts.notReady();
    return reply.code(missing === null ? 200 : 503).send({ ready: missing === null, reason: missing });
  });
}

/** Everything comes from ourselves, nothing is inline, and nobody may put us into a frame. */
function helmetOptions(publicUrl: string | null) {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps && { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  } as const;
}

function isLoopbackName(name: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(name.replace(/:\d+$/, ''));
}
