import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SyntheticRequests, syntheticHeader } from '../../../src/embedded/cluster/synthetic';
import { until } from '../../support/wait-for';

describe('synthetic requests', () => {
  const seen: string[] = [];
  let server: Server;
  let address: string | null;
  let synthetic: SyntheticRequests;

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      if (request.headers[syntheticHeader] === '1') seen.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    synthetic = new SyntheticRequests(() => address);
  });

  afterEach(async () => {
    await synthetic.stop();
    server.close();
  });

  it('go to the paths of the manifest in turn, marked as ours', async () => {
    synthetic.configure({ paths: ['/a', '/b'], perSecond: 100 });

    await until(
      () => seen.length,
      (count) => count >= 4,
    );

    expect(new Set(seen)).toEqual(new Set(['/a', '/b']));
  });

  it('give way to users, and stop when the manifest asks for none', async () => {
    synthetic.configure({ paths: ['/a'], perSecond: 50 });
    await until(
      () => seen.length,
      (count) => count > 0,
    );
    const users = setInterval(() => synthetic.noteUser(), 1);
    const before = seen.length;

    await new Promise((resolve) => setTimeout(resolve, 300));
    clearInterval(users);
    const meanwhile = seen.length - before;
    synthetic.configure(null);

    // 15 would have been due; a late timer may let single ones through.
    expect(meanwhile).toBeLessThan(8);
  });

  it('wait while nothing serves', async () => {
    address = null;
    synthetic.configure({ paths: ['/a'], perSecond: 200 });
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(seen).toEqual([]);
  });
});
