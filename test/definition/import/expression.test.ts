import { comparisonsIn, conditionOf, negated } from '../../../src/definition/import/expression';

describe('an expression of Argo Rollouts', () => {
  it.each([
    ['result[0] >= 0.95', ['m >= 0.95']],
    ['result<5', ['m < 5']],
    ['0.25 > result[0]', ['m < 0.25']],
    ['(result == 1e3)', ['m == 1e3']],
    ['result[0] >= 0 && result[0] <= 1', ['m >= 0', 'm <= 1']],
    ['(result[0] > 1) && (-2.5 <= result)', ['m > 1', 'm >= -2.5']],
  ])('%s is exactly these conditions', (text, conditions) => {
    expect(comparisonsIn(text, '&&')?.map((one) => conditionOf('m', one))).toEqual(conditions);
  });

  it.each([
    'len(result) == 0 || result[0] >= 0.95',
    'all(result, # < 1000)',
    'default(result, 0) < 0.05',
    'isNaN(result) || result >= 0.95',
    'result[1] > 2',
    'result.successRate >= 0.95',
    "result == 'true'",
    'result == true',
    '!(result > 1)',
    'result[0] > 1 && len(result) > 0',
    '1 < result < 2',
    'result + 1 > 2',
    '',
  ])('%s is not taken for one', (text) => {
    expect(comparisonsIn(text, '&&')).toBeNull();
  });

  it('joins by the word that keeps its meaning', () => {
    expect(comparisonsIn('result > 1 || result < 0', '||')).toHaveLength(2);
    expect(comparisonsIn('result > 1 || result < 0', '&&')).toBeNull();
    expect(comparisonsIn('result > 1 && result < 3', '||')).toBeNull();
  });

  it.each([
    ['>', '<='],
    ['>=', '<'],
    ['<', '>='],
    ['<=', '>'],
    ['==', '!='],
    ['!=', '=='],
  ] as const)('%s is negated by %s', (op, opposite) => {
    expect(negated({ op, limit: '2' })).toEqual({ op: opposite, limit: '2' });
  });
});
