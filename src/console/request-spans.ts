import { type Context, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** It lasts for as long as the page is open: a span that ends tomorrow tells nobody anything. */
const streams: ReadonlySet<string> = new Set(['/api/v1/events']);

/**
 * Each request to the API and the hooks is a span, in the trace of whoever sent it (W3C `traceparent`), and what it asks
 * of Temporal goes on in it. Costs nothing in a process that has not set up OpenTelemetry. Of the address only the route is
 * told: what stands in it, or behind it, may be nobody's business.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('framework0-console');
  const open = new WeakMap<FastifyRequest, { readonly span: Span; readonly active: Context }>();

  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    if (!isTraced(route)) return done();
    const { method } = request;
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_HTTP_ROUTE]: route,
      [ATTR_URL_SCHEME]: request.protocol,
    };
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    const active = trace.setSpan(parent, span);
    open.set(request, { span, active });
    context.with(active, done);
  });
  // What reads the body was begun by the connection, outside of the request.
  app.addHook('preValidation', (request, _reply, done) => {
    const { active } = open.get(request) ?? {};
    if (active) context.with(active, done);
    else done();
  });
  app.addHook('onResponse', (request, { statusCode }, done) => {
    const { span } = open.get(request) ?? {};
    span?.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
    if (statusCode >= 500) {
      span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.setAttribute(ATTR_ERROR_TYPE, String(statusCode));
    }
    span?.end();
    done();
  });
}

/** Not the page's own files, nor what probes ask every few seconds. */
function isTraced(route: string | undefined): route is string {
  return route !== undefined && /^\/(api|hooks)\//.test(route) && !streams.has(route);
}
