import fc from 'fast-check';
import { createRedactor } from '../../../src/activities/secrets';
import { OutputCapture } from '../../../src/activities/test/output-capture';

const nothing = createRedactor([]);

function capture(chunks: readonly string[], limitBytes: number, redactor = nothing) {
  const output = new OutputCapture(limitBytes, 16);
  for (const chunk of chunks) output.write(Buffer.from(chunk));
  return output.finish(redactor);
}

describe('captured output', () => {
  it('is whole, byte for byte, whatever the chunks, while it fits', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
        const output = new OutputCapture(512, 16);
        for (const chunk of chunks) output.write(Buffer.from(chunk));
        const captured = output.finish(nothing);
        expect(captured.content).toEqual(Buffer.concat(chunks));
        expect(captured.droppedBytes).toBe(0);
      }),
    );
  });

  it('over its limit has the beginning, the end, and the count of what is missing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 200, maxLength: 2_000 }), (text) => {
        const captured = capture([text], 128);
        const [, head = '', end = ''] = /^(.*)\n\[.*\]\n(.*)$/s.exec(captured.content.toString()) ?? [];
        expect(head.length).toBe(64);
        expect(text.startsWith(head)).toBe(true);
        expect(text.endsWith(end)).toBe(true);
        expect(head.length + end.length + captured.droppedBytes).toBe(captured.totalBytes);
        expect(head.length + end.length).toBeLessThanOrEqual(128 + 16);
      }),
    );
  });

  it('has no part of a secret at the cut, wherever that goes through', () => {
    const secret = 'abcdefghij';
    for (let shift = 0; shift < 32; shift += 1) {
      const captured = capture(['.'.repeat(shift) + secret.repeat(60)], 128, createRedactor([secret]));
      const kept = captured.content.toString().replace(/\n\[.*\]\n/, '');
      expect(kept).toMatch(/^[.*]+$/);
    }
  });

  it('has a tail of whole lines of at most 4 KiB, without colours', () => {
    const lines = Array.from({ length: 900 }, (_, index) => `\u001b[31mline ${index}\u001b[0m`);
    const { tail } = capture([lines.join('\n')], 1024 ** 2);

    expect(tail.length).toBeLessThanOrEqual(4096);
    expect(tail.split('\n').at(-1)).toBe('line 899');
    expect(tail.split('\n').at(0)).toMatch(/^line \d+$/);
  });

  it('has a tail that begins with a whole character when one line is longer than it', () => {
    const { tail } = capture(['é'.repeat(5_000)], 1024 ** 2);

    expect(tail).toMatch(/^é+$/);
  });
});
