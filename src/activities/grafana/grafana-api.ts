import { request } from 'undici';
import { z } from 'zod';
import { failure } from '../../contracts/errors';
import { jsonOf } from '../http/json';
import { retryAfterSeconds } from '../http/retry-after';

export interface GrafanaOptions {
  /** Of Grafana itself, with the path that a proxy puts before it. */
  readonly url: string;
  /** Of a service account. */
  readonly token: string;
  /** @default 10 */
  readonly timeoutSeconds?: number;
  /** Ends a request under way; what it throws then is the signal's reason. */
  readonly cancelled?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PATCH';

export interface GrafanaAnswer {
  readonly status: number;
  /** Seconds until it will take the next request; null: it does not say. */
  readonly retryAfter: number | null;
  /** Undefined: it was no JSON. */
  readonly body: unknown;
}

const refusalSchema = z.object({ message: z.string() });

/** Grafana's HTTP API. Whatever a caller does not expect is thrown as one of our failures, which never holds the token. */
export class GrafanaApi {
  readonly #base: URL;
  readonly #options: GrafanaOptions;

  /** Thrown: `InvalidInput` for what is no URL of a web server. */
  constructor(options: GrafanaOptions) {
    const base = URL.canParse(options.url) ? new URL(options.url) : null;
    if (!base || !/^https?:$/.test(base.protocol)) {
      throw failure(
        'InvalidInput',
        `"${options.url}" is no address of Grafana: http://... or https://... was expected`,
      );
    }
    this.#base = new URL(base.pathname.replace(/\/*$/, '/'), base);
    this.#options = options;
  }

  get host(): string {
    return this.#base.host;
  }

  /** @param expected statuses that the caller tells apart, beside 200 */
  async call(
    method: Method,
    path: string,
    body: unknown = undefined,
    expected: readonly number[] = [],
  ): Promise<GrafanaAnswer> {
    const answer = await this.#send(method, path, body);
    if (answer.status === 200 || expected.includes(answer.status)) return answer;
    throw this.#refusal(path, answer);
  }

  async #send(method: Method, path: string, body: unknown): Promise<GrafanaAnswer> {
    const { token, timeoutSeconds = 10, cancelled } = this.#options;
    const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
    try {
      const response = await request(new URL(path, this.#base), {
        method,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: cancelled ? AbortSignal.any([cancelled, timeout]) : timeout,
      });
      const text = await response.body.text();
      const retryAfter = retryAfterSeconds(response.headers['retry-after'], Date.now());
      return { status: response.statusCode, retryAfter, body: jsonOf(text) };
    } catch (cause) {
      cancelled?.throwIfAborted();
      const { name, code = '', message } = cause as NodeJS.ErrnoException;
      if (name === 'TimeoutError') {
        throw failure('Timeout', `Grafana at ${this.host} did not answer within ${timeoutSeconds} s`, { cause });
      }
      throw failure('Unavailable', `Grafana at ${this.host} cannot be reached: ${code || message}`, { cause });
    }
  }

  #refusal(path: string, { status, retryAfter, body }: GrafanaAnswer): Error {
    const told = refusalSchema.safeParse(body);
    const said = `Grafana at ${this.host} answered ${status} to /${path}${told.success ? `: ${told.data.message}` : ''}`;
    if (status === 401) {
      return failure('PermissionDenied', `${said}. The token is not valid (any more): give one of a service account`);
    }
    if (status === 403) {
      return failure('PermissionDenied', `${said}. The service account needs the role Editor, or this very permission`);
    }
    if (status === 404) return failure('NotFound', `${said}. Is this the address of Grafana?`);
    const later = retryAfter === null ? {} : { retryAfterSeconds: retryAfter };
    if (status === 429) return failure('RateLimited', said, later);
    if (status >= 500) return failure('Unavailable', said, later);
    return failure('InvalidInput', said);
  }
}

/** For an answer that is none of its API's. */
export function notGrafana({ host }: GrafanaApi): Error {
  return failure('InvalidInput', `${host} answered with something that is not of Grafana's API: is this its address?`);
}
