import { randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import fc from 'fast-check';
import { createDataConverter, createPayloadCodecs, parseEncryptionKeys } from '../../src/codec';
import { errorCodeOf } from '../../src/contracts/errors';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [first, second, otherFirst] = [key('2026-01'), key('2026-02'), key('2026-01')];

async function encode(codecs: PayloadCodec[], payload: Payload): Promise<Payload> {
  let payloads = [payload];
  for (const codec of codecs) payloads = await codec.encode(payloads);
  return payloads[0]!;
}

async function decode(codecs: PayloadCodec[], payload: Payload): Promise<Payload> {
  let payloads = [payload];
  for (const codec of [...codecs].reverse()) payloads = await codec.decode(payloads);
  return payloads[0]!;
}

const codecsOf = (text: string) => createPayloadCodecs(parseEncryptionKeys(text));
const jsonPayload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const decoded = (payload: Payload) => defaultPayloadConverter.fromPayload(payload);

const payloads = fc.record({
  metadata: fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.uint8Array({ maxLength: 40 }),
  ),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.integer({ min: 1000, max: 5000 }).map((length) => new Uint8Array(length).fill(7)),
    fc.uint8Array({ minLength: 1000, maxLength: 5000 }),
  ),
});

describe('the payload codecs', () => {
  it('give back exactly what went in, whatever it is', async () => {
    const codecs = codecsOf(first);
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const back = await decode(codecs, await encode(codecs, payload));

        expect(Buffer.from(back.data!)).toEqual(Buffer.from(payload.data));
        expect(Object.keys(back.metadata ?? {}).sort()).toEqual(Object.keys(payload.metadata).sort());
        for (const [name, bytes] of Object.entries(payload.metadata)) {
          expect(Buffer.from(back.metadata![name]!)).toEqual(Buffer.from(bytes));
        }
      }),
    );
  });

  it('leave nothing readable', async () => {
    const secret = 'swordfish'.repeat(300);

    const sealed = await encode(codecsOf(first), jsonPayload({ secret }));

    expect(Buffer.from(sealed.data!).includes('swordfish')).toBe(false);
    expect(Object.keys(sealed.metadata!).sort()).toEqual(['encoding', 'encryption-key-id']);
    expect(sealed.data!.length).toBeLessThan(secret.length / 5);
  });

  it('never encrypt the same value to the same bytes', async () => {
    const codecs = codecsOf(first);

    const [one, two] = await Promise.all([encode(codecs, jsonPayload('x')), encode(codecs, jsonPayload('x'))]);

    expect(Buffer.from(one.data!).equals(Buffer.from(two.data!))).toBe(false);
  });

  it('read with a rotated key set what the old key wrote, and write with the new key', async () => {
    const rotated = codecsOf(`${second},${first}`);
    const old = await encode(codecsOf(first), jsonPayload({ release: '1.0.0' }));

    expect(decoded(await decode(rotated, old))).toEqual({ release: '1.0.0' });
    const fresh = await encode(rotated, jsonPayload({ release: '1.1.0' }));
    expect(Buffer.from(fresh.metadata!['encryption-key-id']!).toString()).toBe('2026-02');
    expect(decoded(await decode(codecsOf(second), fresh))).toEqual({ release: '1.1.0' });
  });

  it('name the key that is missing', async () => {
    const sealed = await encode(codecsOf(second), jsonPayload('x'));

    const error = await decode(codecsOf(first), sealed).catch((caught: unknown) => caught);

    expect(errorCodeOf(error)).toBe('NotFound');
    expect(String(error)).toContain('"2026-02"');
    expect(String(error)).toContain('2026-01');
  });

  it('refuse what another key of the same id wrote', async () => {
    const sealed = await encode(codecsOf(otherFirst), jsonPayload('x'));

    const error = await decode(codecsOf(first), sealed).catch((caught: unknown) => caught);

    expect(errorCodeOf(error)).toBe('InvalidInput');
  });

  it('refuse a payload with any one byte changed, or any end cut off', async () => {
    const codecs = codecsOf(first);
    const sealed = await encode(codecs, jsonPayload({ approve: false }));
    const bytes = Buffer.from(sealed.data!);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const changed = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
          if (!cut) changed[at] = changed[at]! ^ flip;

          const error = await decode(codecs, { ...sealed, data: changed }).catch((caught: unknown) => caught);

          expect(errorCodeOf(error)).toBe('InvalidInput');
        },
      ),
    );
  });

  it('refuse a payload that names another of the keys', async () => {
    const codecs = codecsOf(`${first},${second}`);
    const sealed = await encode(codecs, jsonPayload('x'));

    const relabelled = { ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('2026-02') } };

    expect(errorCodeOf(await decode(codecs, relabelled).catch((caught: unknown) => caught))).toBe('InvalidInput');
  });

  it('read what was written before encryption was turned on', async () => {
    expect(decoded(await decode(codecsOf(first), jsonPayload({ old: true })))).toEqual({ old: true });
  });

  it('are not there without keys', () => {
    expect(createDataConverter(null)).toEqual({});
  });
});
