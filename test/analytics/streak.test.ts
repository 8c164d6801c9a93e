import { advanceStreak, heldOutcome, type Outcome, type Streak } from '../../src/analytics';
import { at } from './support';

/** One letter a sample, ten seconds apart: true, false, unknown, or no sample at all. */
function outcomesOf(samples: string, forSeconds: number, forgetAfterSeconds = 30): string {
  const names: Record<string, Outcome> = { t: 'true', f: 'false', '?': 'unknown' };
  let streak: Streak | null = null;
  return [...samples]
    .map((letter, index) => {
      const outcome = names[letter];
      if (outcome === undefined) return '.';
      streak = advanceStreak(streak, outcome, at(index * 10), forgetAfterSeconds);
      return heldOutcome(streak, forSeconds)[0]?.replace('u', '?');
    })
    .join('');
}

describe('a condition that must hold for a time', () => {
  it.each([
    { name: 'without a time holds at once, both ways', samples: 'tf?t', for: 0, held: 'tf?t' },
    { name: 'is unknown until it has been true for long enough', samples: 'tttt', for: 20, held: '??tt' },
    { name: 'is false only once it has been false for long enough', samples: 'tttffff', for: 20, held: '??t??ff' },
    { name: 'begins anew after a moment of the contrary', samples: 'ttftttt', for: 20, held: '?????tt' },
    { name: 'stops the clock while it is unknown', samples: 'tt?tt', for: 20, held: '????t' },
    { name: 'does not lose what it held to one unknown sample', samples: 'ttt?t', for: 20, held: '??t?t' },
    { name: 'is not made true by unknown samples', samples: 't??????', for: 20, held: '???????' },
    { name: 'forgets what is out of date', samples: 'tt????ttt', for: 20, held: '????????t' },
    {
      name: 'forgets what was before a long time without samples',
      samples: 'tt......ttt',
      for: 20,
      held: '??......??t',
    },
    { name: 'survives a sample that is late', samples: 'tt..t', for: 20, held: '??..t' },
  ])('$name', ({ samples, for: forSeconds, held }) => {
    expect(outcomesOf(samples, forSeconds)).toBe(held);
  });
});
