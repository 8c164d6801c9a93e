import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { type Dispatcher, errors } from 'undici';

/** Why the proxy itself answered, as it stands in `x-f0-proxy-error`. */
export const ProxyError = {
  /** 503: no replica that may get this request is ready. */
  noReplica: 'no_replica',
  /** 502: no connection to a replica could be made. */
  unreachable: 'upstream_unreachable',
  /** 502: the replica ended after the request was sent to it, and it is not safe to send it again. */
  died: 'upstream_died',
  /** 400: it has a path or a header that cannot be passed on. */
  badRequest: 'bad_request',
} as const;
const statusOf: Readonly<Record<ProxyError, number>> = {
  no_replica: 503,
  upstream_unreachable: 502,
  upstream_died: 502,
  bad_request: 400,
};
export type ProxyError = (typeof ProxyError)[keyof typeof ProxyError];

/** Where a request can go. */
export interface Upstream {
  readonly release: string;
  readonly dispatcher: Dispatcher | null;
  begin(): void;
  finish(): void;
  /** It could not be reached. */
  suspect(reason: string): void;
}

/** Tries in all, while no connection can be made: nothing was sent, so any request may be tried elsewhere. */
const maxTries = 3;
/** These can be sent twice without doing anything twice (RFC 9110, 9.2.2); without a body there is also something to send. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** Between two neighbours only (RFC 9110, 7.6.1), or answered by Node itself (`expect`). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/**
 * Sends a request to the upstream that `choose` gives, and its answer back, both as streams. A connection that cannot be
 * made is tried elsewhere; a request without effects also when the upstream died before it answered.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  choose: (tried: ReadonlySet<Upstream>) => Upstream | null,
): void {
  const body = bodyOf(request);
  const headers = requestHeaders(request);
  const tried = new Set<Upstream>();
  let controller: Dispatcher.DispatchController | null = null;
  response.once('close', () => {
    if (!response.writableFinished) controller?.abort(new Error('the client went away'));
  });

  attempt(null);

  function attempt(failed: ProxyError | null): void {
    const upstream = tried.size < maxTries ? choose(tried) : null;
    if (upstream === null || upstream.dispatcher === null) {
      refuse(request, response, failed ?? ProxyError.noReplica);
      return;
    }
    tried.add(upstream);
    upstream.begin();
    send(upstream, upstream.dispatcher);
  }

  function send(upstream: Upstream, dispatcher: Dispatcher): void {
    let sent = false;
    dispatcher.dispatch(
      { method: request.method ?? 'GET', path: request.url ?? '/', headers, body },
      {
        onRequestStart(started) {
          sent = true;
          controller = started;
          if (response.destroyed) started.abort(new Error('the client went away'));
        },
        onResponseStart(started, statusCode, answered, statusMessage) {
          if (statusCode < 200) return;
          response.writeHead(statusCode, statusMessage, {
            ...answerHeaders(answered),
            'x-f0-release': upstream.release,
          });
          response.on('drain', () => started.resume());
        },
        onResponseData(started, chunk) {
          if (!response.write(chunk)) started.pause();
        },
        onResponseEnd() {
          upstream.finish();
          response.end();
        },
        onResponseError(_, error) {
          upstream.finish();
          if (response.destroyed) return;
          // The client has part of an answer: only a broken connection tells it that the rest is missing.
          if (response.headersSent) response.destroy();
          else recover(upstream, sent, error);
        },
      },
    );
  }

  function recover(upstream: Upstream, sent: boolean, error: Error): void {
    if (!sent && error instanceof errors.InvalidArgumentError) {
      refuse(request, response, ProxyError.badRequest);
    } else if (!sent) {
      upstream.suspect(error.message);
      attempt(ProxyError.unreachable);
    } else if (body === null && repeatable.has(request.method ?? '')) {
      attempt(ProxyError.died);
    } else {
      refuse(request, response, ProxyError.died);
    }
  }
}

/** The proxy's own answer. */
function refuse(request: IncomingMessage, response: ServerResponse, reason: ProxyError): void {
  const text = `${reason}\n`;
  response.writeHead(statusOf[reason], {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': text.length,
    'x-f0-proxy-error': reason,
    // What is left of a body has not been read: this connection cannot be used again before it is.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(text);
  request.resume();
}

/** Kept apart from the request, so that an upstream that dies does not take the client's connection with it. */
function bodyOf(request: IncomingMessage): Readable | null {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return null;
  const body = new PassThrough();
  body.on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('the client went away'));
  });
  return request.pipe(body);
}

function requestHeaders(request: IncomingMessage): string[] {
  const dropped = namedByConnection(request.headers.connection);
  const headers: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || dropped.has(lower) || lower.startsWith('x-forwarded-')) continue;
    headers.push(name, request.rawHeaders[index + 1] ?? '');
  }
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? 'unknown';
  headers.push('x-forwarded-for', before === undefined ? client : `${String(before)}, ${client}`);
  headers.push('x-forwarded-proto', 'http');
  if (request.headers.host !== undefined) headers.push('x-forwarded-host', request.headers.host);
  return headers;
}

function answerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const dropped = namedByConnection(headers.connection);
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !dropped.has(name)) kept[name] = value;
  }
  return kept;
}

function namedByConnection(value: string | readonly string[] | undefined): ReadonlySet<string> {
  return new Set(
    String(value ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
