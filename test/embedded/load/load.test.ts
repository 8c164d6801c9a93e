import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startLoad } from '../../../src/embedded/load';
import { until } from '../../support/wait-for';

describe('the load generator', () => {
  let server: Server;

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  async function serve(listener: RequestListener, port = 0): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const asRelease = (release: string): Record<string, string> => ({ 'x-f0-release': release });

  it('counts answers by who gave them and how, and asks what the mix says', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${body}`);
        const failing = request.method === 'POST';
        response.writeHead(failing ? 500 : 200, asRelease(failing ? '1.1.0' : '1.0.0')).end();
      });
    });
    const run = startLoad({
      url,
      users: 3,
      thinkTimeMs: 1,
      mix: (index) =>
        index % 2 === 0 ? { method: 'GET', path: `/${index}` } : { method: 'POST', path: '/', body: { index } },
    });
    await until(
      () => run.report().sent,
      (sent) => sent >= 40,
    );

    const report = await run.stop();

    expect(report.sent).toBe(asked.length);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toEqual(expect.arrayContaining(['GET /0 ', 'POST / {"index":1}', 'GET /2 ', 'POST / {"index":3}']));
    expect(report.releases.map(({ release, ok, failed }) => [release, ok, failed]).toSorted()).toEqual([
      ['1.0.0', Math.ceil(report.sent / 2), 0],
      ['1.1.0', 0, Math.floor(report.sent / 2)],
    ]);
    expect(report).toMatchObject({ ok: Math.ceil(report.sent / 2), failed: Math.floor(report.sent / 2), dropped: 0 });
  });

  it('never has more requests running than it has users', async () => {
    let running = 0;
    let most = 0;
    const url = await serve((_, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        response.writeHead(200, asRelease('1.0.0')).end();
      }, 10);
    });
    const run = startLoad({ url, users: 4, thinkTimeMs: 0, mix: () => ({ method: 'GET', path: '/' }) });
    await until(
      () => run.report().sent,
      (sent) => sent >= 40,
    );
    await run.stop();

    expect(most).toBe(4);
  });

  it('waits for an address that comes later, and drops nobody until a release has answered', async () => {
    let known: string | null = null;
    let ready = false;
    let refused = 0;
    const run = startLoad({
      url: async () => known,
      users: 2,
      thinkTimeMs: 1,
      mix: () => ({ method: 'GET', path: '/' }),
    });
    known = await serve((_, response) => {
      if (!ready) refused += 1;
      response.writeHead(ready ? 200 : 503, ready ? asRelease('1.0.0') : { 'x-f0-proxy-error': 'no_replica' }).end();
    });
    await until(
      () => refused,
      (count) => count >= 2,
    );
    ready = true;
    await until(
      () => run.report().ok,
      (ok) => ok >= 5,
    );

    expect(await run.stop()).toMatchObject({ failed: 0, dropped: 0 });
  });

  it('counts what nobody answered as dropped, with the reasons', async () => {
    let answers = 0;
    const url = await serve((request, response) => {
      answers += 1;
      if (answers === 5) request.socket.destroy();
      else if (answers === 8) response.writeHead(502, { 'x-f0-proxy-error': 'upstream_died' }).end();
      else response.writeHead(200, asRelease('1.0.0')).end();
    });
    const run = startLoad({ url, users: 1, thinkTimeMs: 1, mix: () => ({ method: 'GET', path: '/' }) });
    await until(
      () => run.report().sent,
      (sent) => sent >= 12,
    );

    const report = await run.stop();

    expect(report).toMatchObject({ failed: 0, dropped: 2, ok: report.sent - 2 });
    expect(report.droppedBecause[1]?.reason).toBe('status 502: upstream_died');
  });

  it('follows the app to another address', async () => {
    let known = await serve((_, response) => response.writeHead(200, asRelease('1.0.0')).end());
    const first = server;
    const run = startLoad({
      url: async () => known,
      users: 1,
      thinkTimeMs: 1,
      mix: () => ({ method: 'GET', path: '/' }),
    });
    await until(
      () => run.report().ok,
      (ok) => ok > 0,
    );

    known = await serve((_, response) => response.writeHead(200, asRelease('1.0.1')).end());
    first.close();
    first.closeAllConnections();
    await until(
      () => run.report().releases.map(({ release }) => release),
      (releases) => releases.includes('1.0.1'),
    );

    const report = await run.stop();
    expect(report.dropped).toBeGreaterThan(0);
    expect(await run.stop()).toBe(report);
  });
});
