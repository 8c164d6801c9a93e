import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Pool } from 'undici';
import type { Upstream } from '../../../src/embedded/cluster/forward';
import { AppProxy } from '../../../src/embedded/cluster/proxy';
import { until } from '../../support/wait-for';

class FakeUpstream implements Upstream {
  readonly dispatcher: Pool;
  running = 0;
  begun = 0;
  readonly suspicions: string[] = [];

  constructor(
    readonly release: string,
    port: number,
  ) {
    this.dispatcher = new Pool(`http://127.0.0.1:${port}`);
  }

  begin(): void {
    this.running += 1;
    this.begun += 1;
  }

  finish(): void {
    this.running -= 1;
  }

  suspect(reason: string): void {
    this.suspicions.push(reason);
  }
}

describe('the proxy', () => {
  const servers: Server[] = [];
  const upstreams: FakeUpstream[] = [];
  let proxy: AppProxy;
  let url: string;

  beforeEach(async () => {
    proxy = new AppProxy((tried) => upstreams.find((one) => !tried.has(one)) ?? null);
    url = `http://127.0.0.1:${await proxy.listen('127.0.0.1', 0)}`;
  });

  afterEach(async () => {
    await proxy.close(0);
    await Promise.all(upstreams.splice(0).map(({ dispatcher }) => dispatcher.destroy()));
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function upstream(release: string, listener: RequestListener): Promise<FakeUpstream> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return add(new FakeUpstream(release, (server.address() as AddressInfo).port));
  }

  /** A port at which nobody listens. */
  async function deadUpstream(release: string): Promise<FakeUpstream> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return add(new FakeUpstream(release, port));
  }

  function add(one: FakeUpstream): FakeUpstream {
    upstreams.push(one);
    return one;
  }

  async function hashOf(request: IncomingMessage): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of request) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  it('passes method, path, headers and status on, and says which release answered', async () => {
    let seen: IncomingMessage | undefined;
    await upstream('1.0.0', (request, response) => {
      seen = request;
      response.writeHead(418, 'Short and stout', {
        'x-tea': 'green',
        'set-cookie': ['a=1', 'b=2'],
        connection: 'close',
      });
      response.end('tea');
    });

    const answer = await fetch(`${url}/a/b?c=d`, {
      method: 'DELETE',
      headers: { 'x-question': '?', 'x-forwarded-for': '9.9.9.9' },
    });

    expect([answer.status, answer.statusText, await answer.text()]).toEqual([418, 'Short and stout', 'tea']);
    expect(answer.headers.get('x-f0-release')).toBe('1.0.0');
    expect(answer.headers.get('x-tea')).toBe('green');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([seen?.method, seen?.url]).toEqual(['DELETE', '/a/b?c=d']);
    expect(seen?.headers).toMatchObject({
      'x-question': '?',
      host: new URL(url).host,
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'x-forwarded-host': new URL(url).host,
    });
    expect(upstreams[0]?.running).toBe(0);
  });

  it('streams bodies both ways, whole', async () => {
    await upstream('1.0.0', (request, response) => {
      request.pipe(response);
    });
    const body = randomBytes(5 * 1024 * 1024);

    const answer = await fetch(url, { method: 'POST', body });

    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  it('does not wait for the end of a body before it passes on the start', async () => {
    await upstream('1.0.0', (request, response) => {
      request.once('data', (chunk: Buffer) => response.write(`got ${chunk.toString()}`));
      request.once('end', () => response.end(' and the end'));
    });
    const sending = httpRequest(url, { method: 'POST' });
    sending.write('the start');

    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    const [first] = (await once(answer, 'data')) as [Buffer];
    sending.end();
    let rest = '';
    for await (const chunk of answer) rest += String(chunk);

    expect([first.toString(), rest]).toEqual(['got the start', ' and the end']);
  });

  it('tries another replica when one cannot be reached, whatever the method, with the whole body', async () => {
    const dead = await deadUpstream('1.0.0');
    await upstream('1.0.0', async (request, response) => {
      response.end(await hashOf(request));
    });
    const body = randomBytes(1024 * 1024);

    const answer = await fetch(url, { method: 'POST', body });

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(createHash('sha256').update(body).digest('hex'));
    expect(dead.suspicions).toHaveLength(1);
    expect(upstreams.map(({ running }) => running)).toEqual([0, 0]);
  });

  it('asks again elsewhere when a replica dies over a request without effects', async () => {
    await upstream('1.0.0', (request) => request.socket.destroy());
    await upstream('1.0.1', (_, response) => response.end('ok'));

    const answer = await fetch(url);

    expect([answer.status, answer.headers.get('x-f0-release')]).toEqual([200, '1.0.1']);
  });

  it('never sends a request with effects twice', async () => {
    await upstream('1.0.0', (request) => request.once('data', () => request.socket.destroy()));
    const second = await upstream('1.0.0', (_, response) => response.end('ok'));

    const answer = await fetch(url, { method: 'POST', body: 'pay' });

    expect([answer.status, answer.headers.get('x-f0-proxy-error')]).toEqual([502, 'upstream_died']);
    expect(answer.headers.get('x-f0-release')).toBeNull();
    expect(second.begun).toBe(0);
  });

  it('says so when no replica is ready, and when none can be reached', async () => {
    const none = await fetch(url);
    await deadUpstream('1.0.0');
    const unreachable = await fetch(url, { method: 'POST', body: 'x' });

    expect([none.status, none.headers.get('x-f0-proxy-error')]).toEqual([503, 'no_replica']);
    expect([unreachable.status, unreachable.headers.get('x-f0-proxy-error')]).toEqual([502, 'upstream_unreachable']);
  });

  it('breaks the connection when an answer breaks off: half of one must not look whole', async () => {
    await upstream('1.0.0', (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      response.socket?.end();
    });

    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
    expect(upstreams[0]?.running).toBe(0);
  });

  it('gives a request up when its client goes away', async () => {
    const aborted = new Promise<void>((resolve) => {
      void upstream('1.0.0', (request) => request.socket.once('close', () => resolve()));
    });
    await until(
      () => upstreams.length,
      (count) => count === 1,
    );
    const client = new AbortController();
    const asking = fetch(url, { signal: client.signal });
    await until(
      () => upstreams[0]?.running,
      (running) => running === 1,
    );

    client.abort();

    await expect(asking).rejects.toThrow();
    await aborted;
    await until(
      () => upstreams[0]?.running,
      (running) => running === 0,
    );
  });

  it('does not blame a replica for a request that cannot be passed on', async () => {
    const replica = await upstream('1.0.0', (_, response) => response.end('ok'));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(data.toString()).toMatch(/^HTTP\/1\.1 400 [\s\S]*x-f0-proxy-error: bad_request/);
    expect(replica.suspicions).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  });

  it('answers a HEAD, a 204 and a 304 without a body', async () => {
    await upstream('1.0.0', ({ url: path, method }, response) => {
      if (method === 'HEAD') response.writeHead(200, { 'content-length': 12 }).end();
      else response.writeHead(Number(path?.slice(1))).end();
    });

    const head = await fetch(url, { method: 'HEAD' });

    expect([head.status, head.headers.get('content-length')]).toEqual([200, '12']);
    expect((await fetch(`${url}/204`)).status).toBe(204);
    expect((await fetch(`${url}/304`)).status).toBe(304);
  });

  it('lets running requests finish when it closes', async () => {
    let finish: (() => void) | undefined;
    await upstream('1.0.0', (_, response) => {
      finish = () => response.end('done');
    });
    const asking = fetch(url).then((answer) => answer.text());
    await until(
      () => finish !== undefined,
      (arrived) => arrived,
    );

    const closed = proxy.close(10_000);
    finish?.();

    expect(await asking).toBe('done');
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});
