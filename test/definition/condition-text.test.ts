import fc from 'fast-check';
import { parseCondition, printCondition } from '../../src/definition';
import type { Condition, Unit } from '../../src/definition/condition';
import { unitFault } from '../../src/definition/metrics';

const units: readonly (Unit | null)[] = [null, '%', 'ms', 's', 'm', 'rps', 'B', 'KiB', 'MiB', 'GiB'];

/** Conditions as people write them; what a parse gives is canonical, so it is what must come back. */
const writtenConditions = fc
  .record({
    metric: fc.stringMatching(/^[A-Za-z_][\w.:]{0,20}$/),
    op: fc.constantFrom('>', '>=', '<', '<=', '==', '!='),
    amount: fc.oneof(
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.constant('-0'),
    ),
    unit: fc.constantFrom(...units),
    held: fc.option(fc.integer({ min: 1, max: 1e8 }), { nil: null }),
    over: fc.option(fc.integer({ min: 1, max: 1e8 }), { nil: null }),
    overFirst: fc.boolean(),
  })
  .map(({ metric, op, amount, unit, held, over, overFirst }) => {
    const clauses = [held === null ? '' : ` for ${held}s`, over === null ? '' : ` over ${over}ms`];
    return `${metric} ${op} ${amount}${unit ?? ''}${(overFirst ? clauses.reverse() : clauses).join('')}`;
  });

function parsed(text: string): Condition {
  const result = parseCondition(text);
  if (!result.ok) throw new Error(result.message);
  return result.condition;
}

describe('parseCondition', () => {
  const cases: readonly (readonly [string, Partial<Condition>])[] = [
    ['error_rate > 5%', { metric: 'error_rate', op: '>', value: 0.05, unit: '%', forSeconds: null, overSeconds: null }],
    ['error_rate>5%', { op: '>', value: 0.05 }],
    ['latency > 2s', { metric: 'latency_p95', value: 2, unit: 's' }],
    ['latency_p95 > 1500ms', { metric: 'latency_p95', value: 1.5, unit: 'ms' }],
    ['latency_p99 <= 1.5 m', { value: 90, unit: 'm' }],
    ['throughput >= 10rps', { op: '>=', value: 10, unit: 'rps' }],
    ['memory < 1.5GiB', { value: 1.5 * 1024 ** 3, unit: 'GiB' }],
    ['queue.depth != -3', { metric: 'queue.depth', op: '!=', value: -3, unit: null }],
    ['cpu == 1e-3', { op: '==', value: 0.001 }],
    ['error_rate > 2% for 30s', { forSeconds: 30, overSeconds: null }],
    ['error_rate > 2% over 5m for 1m30s', { forSeconds: 90, overSeconds: 300 }],
  ];
  it.each(cases)('reads %s', (text, expected) => {
    expect(parsed(text)).toMatchObject(expected);
  });

  const faults = [
    ['error_rate >> 2', '">>" is not an operator', '>'],
    ['error_rate = 2%', '"=" is not an operator', '=='],
    ['error_rate => 2%', '"=>" is not an operator', '>='],
    ['latency > 2 sec', '"sec" is not a unit', 's'],
    ['latency > 1e999s', 'is no number', null],
    ['memory > 2gib', '"gib" is not a unit', 'GiB'],
    ['error_rate > 2% for ever', '"ever" after "for" is not a duration', null],
    ['error_rate > 2% for 0s', '"0s" after "for" is not a duration', null],
    ['error_rate > 2% for 1m for 2m', '"for" is given twice', null],
    ['error_rate', 'is not a condition', null],
    ['> 2%', 'is not a condition', null],
    ['error_rate > lots', 'is not a condition', null],
    ['', 'is not a condition', null],
    [`error_rate > ${'1'.repeat(300)}`, 'a condition of 313 letters', null],
  ] as const;
  it.each(faults)('refuses %s', (text, message, suggestion) => {
    expect(parseCondition(text)).toEqual({ ok: false, message: expect.stringContaining(message), suggestion });
  });

  it('gives back what it printed', () => {
    fc.assert(
      fc.property(writtenConditions, (text) => {
        const condition = parsed(text);

        expect(parsed(printCondition(condition))).toEqual(condition);
      }),
    );
  });

  it('prints one text for one condition', () => {
    expect(printCondition(parsed('latency   >1500ms over 300s  for 90s'))).toBe(
      'latency_p95 > 1500ms for 1m30s over 5m',
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          writtenConditions.map((text) => text.slice(0, -2)),
        ),
        (text) => {
          expect(typeof parseCondition(text).ok).toBe('boolean');
        },
      ),
    );
  });
});

describe('unitFault', () => {
  const cases = [
    ['error_rate > 2', 'error_rate never passes 100%'],
    ['error_rate > 150%', 'error_rate never passes 100%'],
    ['latency_p95 > 2%', 'latency_p95 is not measured in "%"'],
    ['throughput > 2ms', 'throughput is not measured in "ms"'],
  ] as const;
  it.each(cases)('finds that %s can never be meant', (text, message) => {
    expect(unitFault(parsed(text))).toContain(message);
  });

  it.each(['error_rate > 100%', 'error_rate > 0.02', 'latency_p95 > 2', 'own_metric > 5GiB'])('accepts %s', (text) => {
    expect(unitFault(parsed(text))).toBeNull();
  });
});
