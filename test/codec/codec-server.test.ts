import { randomBytes } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { createPayloadCodecs, parseEncryptionKeys, startCodecServer } from '../../src/codec';

const { Payloads } = temporal.api.common.v1;
const keys = parseEncryptionKeys(`k1:${randomBytes(32).toString('base64')}`);
const ui = 'http://localhost:8233';

const plain = {
  payloads: [
    {
      metadata: { encoding: Buffer.from('json/plain').toString('base64') },
      data: Buffer.from('{"release":"1.2.0"}').toString('base64'),
    },
  ],
};

async function withServer(run: (url: string) => Promise<void>): Promise<void> {
  const server = await startCodecServer({ keys, port: 0, allowedOrigins: [ui] });
  try {
    await run(server.url);
  } finally {
    await server.close();
  }
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: ui, 'x-namespace': 'default', ...headers },
    body: JSON.stringify(body),
  });

describe('the codec server', () => {
  it('decodes what a worker wrote', () =>
    withServer(async (url) => {
      let payloads = [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"told"') }];
      for (const codec of createPayloadCodecs(keys)) payloads = (await codec.encode(payloads)) as typeof payloads;
      const wire = Payloads.toObject(Payloads.create({ payloads }), { bytes: String });

      const answer = await post(`${url}/decode`, wire);

      expect(answer.status).toBe(200);
      const body = (await answer.json()) as typeof plain;
      expect(Buffer.from(body.payloads[0]!.data, 'base64').toString()).toBe('"told"');
    }));

  it('encodes what it can decode again', () =>
    withServer(async (url) => {
      const encoded = await (await post(`${url}/encode`, plain)).json();
      const decoded = await (await post(`${url}/decode`, encoded)).json();

      expect(JSON.stringify(encoded)).not.toContain(plain.payloads[0]!.data);
      expect(decoded).toEqual(plain);
    }));

  it('lets only the named origins read its answers', () =>
    withServer(async (url) => {
      const preflight = (origin: string) =>
        fetch(`${url}/decode`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type,x-namespace',
          },
        });

      const [allowed, other] = [await preflight(ui), await preflight('http://evil.example')];

      expect(allowed.headers.get('access-control-allow-origin')).toBe(ui);
      expect(allowed.headers.get('access-control-allow-headers')).toContain('x-namespace');
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
    }));

  it('says why it cannot decode, and shows no stack', () =>
    withServer(async (url) => {
      const stranger = parseEncryptionKeys(`k2:${randomBytes(32).toString('base64')}`);
      const [sealed] = await createPayloadCodecs(stranger)[1]!.encode([{ metadata: {}, data: Buffer.from('x') }]);
      const wire = Payloads.toObject(Payloads.create({ payloads: [sealed!] }), { bytes: String });

      const answer = await post(`${url}/decode`, wire);

      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ error: 'a payload is encrypted with key "k2"; the keys here are: k1' });
    }));

  it('listens on loopback alone unless told otherwise', () =>
    withServer(async (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    }));
});
