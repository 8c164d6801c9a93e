import { Agent, type Dispatcher, request } from 'undici';
import { pauseOf, RateLimits } from './rate-limit';
import { reasonOf } from './unknown';

/** A metric source that did not answer, or not with figures: the message says why, and names the server. */
export class MetricSourceError extends Error {
  override readonly name = 'MetricSourceError';
}

export interface MetricHttpOptions {
  /** For messages: "Datadog". */
  readonly vendor: string;
  /** For one request. */
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
  /** @default Date.now */
  readonly now?: () => number;
}

export interface MetricQuestion {
  /** Whose rate limit counts: the same text for all that share one. */
  readonly account: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface MetricAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Requests to one kind of monitoring system. Each source has its own connections, so that one that hangs takes none from
 * the others; and one that limits us is left alone until it wants to be asked again.
 */
export class MetricHttp {
  readonly #options: MetricHttpOptions;
  readonly #dispatcher: Dispatcher;
  readonly #limits: RateLimits;
  readonly #now: () => number;

  constructor(options: MetricHttpOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#limits = new RateLimits(this.#now);
    this.#dispatcher = new Agent({ connections: 16, maxResponseSize: options.maxBytes });
  }

  /** "Datadog at api.datadoghq.eu" */
  nameOf(url: string): string {
    return `${this.#options.vendor} at ${new URL(url).host}`;
  }

  /**
   * Whatever its status is, unless it limits us.
   * @throws MetricSourceError when there is no answer, or none is to be asked for
   */
  async ask({ account, url, method, headers, body }: MetricQuestion): Promise<MetricAnswer> {
    const name = this.nameOf(url);
    const waitSeconds = this.#limits.waitSeconds(account);
    if (waitSeconds > 0) throw new MetricSourceError(`${name} limits requests: it is asked again in ${waitSeconds} s`);
    const answer = await this.#send({ account, url, method, headers, ...(body === undefined ? {} : { body }) });
    const told = pauseOf(answer.headers, this.#now());
    // A 503 is a limit only where it says how long.
    if (answer.status === 429 || (answer.status === 503 && told !== null)) {
      this.#limits.pause(account, told);
      const again = `it is asked again in ${this.#limits.waitSeconds(account)} s`;
      throw new MetricSourceError(`${name} answered with status ${answer.status}, it limits requests: ${again}`);
    }
    return answer;
  }

  async #send({ url, method, headers, body }: MetricQuestion): Promise<MetricAnswer> {
    const { timeoutSeconds, maxBytes } = this.#options;
    try {
      const response = await request(url, {
        method,
        dispatcher: this.#dispatcher,
        signal: AbortSignal.timeout(timeoutSeconds * 1_000),
        headers,
        body: body ?? null,
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: flat(response.headers), text };
    } catch (error) {
      const tooLarge = (error as { code?: unknown } | null)?.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
      const why = tooLarge
        ? `its answer is larger than ${maxBytes / 1024 / 1024} MiB: a query must give one series, not thousands`
        : reasonOf(error);
      throw new MetricSourceError(`${this.nameOf(url)} cannot be asked: ${why}`);
    }
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
