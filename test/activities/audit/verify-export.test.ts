import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { verifyExport } from '../../../src/activities/audit';
import { canonicalText, link } from '../../../src/activities/audit/chain';
import { genesisHash } from '../../../src/database';
import { entries, entry } from './entries';

/** An export as lines, its head last. */
function exported(count: number): string[] {
  const written = entries(count);
  const links = link(written.map(canonicalText), 0, genesisHash);
  const rows = links.map(({ text: _, ...row }, index) => ({ ...row, entry: written[index] }));
  const head = { count, lastHash: links.at(-1)?.hash ?? genesisHash };
  return [...rows, { head }].map((line) => JSON.stringify(line));
}

const size = 12;
const lines = exported(size);
const row = fc.integer({ min: 0, max: size - 1 });

describe('an export', () => {
  it('holds as it was written, with line ends and blank lines', async () => {
    const verified = await verifyExport([...lines.map((line) => `${line}\n`), '\n']);

    expect(verified).toEqual({
      valid: true,
      rows: size,
      lastHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      problem: null,
    });
  });

  it('of an empty log holds', async () => {
    expect(await verifyExport(exported(0))).toMatchObject({ valid: true, rows: 0, lastHash: genesisHash });
  });

  it('has the hash that its description says', () => {
    const [made] = link([canonicalText(entry('k'))], 41, 'ab'.repeat(32));
    const text =
      '{"action":"approval.granted","actor":{"name":"maria","source":"cli"},"at":"2026-01-02T03:04:05.678Z","key":"k","namespace":"shop","workflowId":"pipeline/shop/shop/1.0.0"}';

    expect(made?.text).toBe(text);
    expect(made?.hash).toBe(
      createHash('sha256')
        .update(`${'ab'.repeat(32)}${text}42`)
        .digest('hex'),
    );
  });

  it('shows any changed byte', async () => {
    await fc.assert(
      fc.asyncProperty(row, fc.nat(), fc.constantFrom('0', '1', 'x', 'Z'), async (index, at, byte) => {
        const line = lines[index]!;
        const position = at % line.length;
        fc.pre(line[position] !== byte);
        const changed = lines.with(index, line.slice(0, position) + byte + line.slice(position + 1));

        const { valid, problem } = await verifyExport(changed);

        expect(valid).toBe(false);
        // A new hash of a row is noticed where the next one should follow it, at the latest.
        expect(problem?.sequence).toBe(index + 1);
      }),
    );
  });

  it('shows any removed row, and a tail cut off', async () => {
    await fc.assert(
      fc.asyncProperty(row, fc.integer({ min: 1, max: size }), async (index, count) => {
        const { valid, problem } = await verifyExport(lines.toSpliced(index, Math.min(count, size - index)));

        expect({ valid, sequence: problem?.sequence }).toEqual({ valid: false, sequence: index + 1 });
        expect(problem?.kind).toBe(index + count >= size ? 'truncated' : 'removed');
      }),
    );
  });

  it('shows any two rows that changed places', async () => {
    await fc.assert(
      fc.asyncProperty(row, row, async (a, b) => {
        fc.pre(a !== b);
        const swapped = lines.with(a, lines[b]!).with(b, lines[a]!);

        const { valid, problem } = await verifyExport(swapped);

        expect({ valid, problem }).toMatchObject({
          valid: false,
          problem: { sequence: Math.min(a, b) + 1, kind: 'reordered' },
        });
      }),
    );
  });

  it('shows a missing head, a row past the end and a line that is no row', async () => {
    const withoutHead = await verifyExport(lines.slice(0, -1));
    const longer = await verifyExport([...exported(size + 1).slice(0, -1), lines.at(-1)!]);
    const broken = await verifyExport(lines.with(3, 'nonsense'));

    expect(withoutHead.problem).toMatchObject({ kind: 'truncated', sequence: size + 1 });
    expect(longer.problem).toMatchObject({ kind: 'added', sequence: size + 1 });
    expect(broken.problem).toMatchObject({ kind: 'changed', sequence: 4, message: expect.stringContaining('line 4') });
  });
});
