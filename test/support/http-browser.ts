import { request } from 'undici';

export interface HttpAnswer {
  /** Where the last redirect led. */
  readonly url: string;
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
}

/** A person at a browser, as far as HTTP goes: a jar of cookies, redirects that are followed, and what a page of ours sends. */
export class HttpBrowser {
  readonly #cookies = new Map<string, string>();
  readonly #url: string;
  readonly #reach: (url: URL) => URL;

  /**
   * @param url of the console, as the address bar has it
   * @param reach where a request really goes, for a name that no DNS knows. @default there
   */
  constructor(url: string, reach: (url: URL) => URL = (there) => there) {
    this.#url = url;
    this.#reach = reach;
  }

  /** By authorization code, as this person, to the page that the console shows in the end. */
  async signIn(name: string): Promise<HttpAnswer> {
    const begun = await this.#send('GET', new URL('/api/v1/session/oidc', this.#url));
    if (begun.location === null) throw new Error(`signing in answered ${begun.status}: ${begun.body}`);
    const provider = new URL(begun.location);
    provider.searchParams.set('login_hint', name);
    return this.#follow(provider);
  }

  /** What it sends along with a request of its own. */
  headers(): Readonly<Record<string, string>> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { host: new URL(this.#url).host, ...(cookie === '' ? {} : { cookie }) };
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.#send('GET', new URL(path, this.#url));
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body}`);
    return JSON.parse(body) as T;
  }

  /** What a page does: with its origin, and with the token of its session. */
  async post(path: string, body: object): Promise<{ readonly status: number; readonly body: string }> {
    const { csrfToken } = await this.get<{ readonly csrfToken: string }>('/api/v1/session');
    const headers = {
      'content-type': 'application/json',
      origin: new URL(this.#url).origin,
      'x-csrf-token': csrfToken,
    };
    return this.#send('POST', new URL(path, this.#url), headers, JSON.stringify(body));
  }

  async #follow(start: URL): Promise<HttpAnswer> {
    let url = start;
    const cookies: string[] = [];
    for (let steps = 0; steps < 10; steps += 1) {
      const answer = await this.#send('GET', url, { accept: 'text/html' });
      cookies.push(...answer.setCookies);
      if (answer.location === null) return { url: url.href, status: answer.status, body: answer.body, cookies };
      url = new URL(answer.location, url);
    }
    throw new Error(`led astray to ${url}`);
  }

  async #send(method: 'GET' | 'POST', url: URL, headers: Readonly<Record<string, string>> = {}, body?: string) {
    const answer = await request(this.#reach(url), {
      method,
      headers: { ...this.headers(), ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    });
    const setCookies = [answer.headers['set-cookie'] ?? []].flat();
    for (const text of setCookies) this.#keep(text);
    const { location = null } = answer.headers;
    return {
      status: answer.statusCode,
      location: typeof location === 'string' ? location : null,
      setCookies,
      body: await answer.body.text(),
    };
  }

  #keep(setCookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
