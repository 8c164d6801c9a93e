import fc from 'fast-check';
import { createRedactor } from '../../../src/activities/secrets';

describe('the redactor', () => {
  it('masks the value and its usual encodings', () => {
    const { redact } = createRedactor(['p@ss/w"rd']);

    expect(redact('raw p@ss/w"rd')).toBe('raw ***');
    expect(redact(`base64 ${Buffer.from('p@ss/w"rd').toString('base64')}`)).toBe('base64 ***');
    expect(redact(`url ${encodeURIComponent('p@ss/w"rd')}`)).toBe('url ***');
    expect(redact(`json ${JSON.stringify({ a: 'p@ss/w"rd' })}`)).toBe('json {"a":"***"}');
  });

  it('masks each line of a value with several', () => {
    expect(createRedactor(['first line\nsecond line']).redact('got: second line!')).toBe('got: ***!');
  });

  it('masks a value as a whole when another is a part of it', () => {
    expect(createRedactor(['pass', 'password']).redact('password')).toBe('***');
  });

  it('leaves values alone that are too short to be told from text', () => {
    expect(createRedactor(['1', 'abc']).redact('abc 1')).toBe('abc 1');
  });

  it('never lets a value through, in text of any script', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (secret, before, after) => {
        fc.pre(secret.length >= 4 && !secret.includes('*'));
        expect(createRedactor([secret]).redact(before + secret + after)).not.toContain(secret);
      }),
    );
  });

  it('keeps what it does not mask byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(createRedactor(['not in there']).redactBytes(bytes)).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
