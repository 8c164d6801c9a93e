import type { BaselineReading, MetricReading, NeededReading } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';
import type { MetricSources } from '../metrics';

export interface Figures {
  /** In the order of what was asked for. */
  readonly readings: readonly MetricReading[];
  /** ISO-8601. */
  readonly measuredAt: string;
}

/** Asks metric sources, and remembers the answers for a while: many who look are one question. */
export interface FigureReader {
  read(target: MetricTarget, needed: readonly NeededReading[]): Promise<Figures>;
  /** One value a day over the last days, known ones only. */
  daily(target: MetricTarget, needed: NeededReading, days: number): Promise<readonly BaselineReading[]>;
}

/** The shortest window of a burn rate is five minutes: a minute later it says nearly the same. */
const freshMs = 60_000;
/** A point a day changes once a day. */
const dailyFreshMs = 600_000;
/** Far more than the questions of some platforms. */
const remembered = 1_000;

const daySeconds = 86_400;

export function createFigureReader(metrics: MetricSources, now: () => number): FigureReader {
  const read = remembering(freshMs, now, async (target: MetricTarget, needed: readonly NeededReading[]) => {
    const measuredAt = new Date(now()).toISOString();
    return { readings: await metrics.read({ target, needed, intervalSeconds: freshMs / 1_000 }), measuredAt };
  });
  const daily = remembering(dailyFreshMs, now, (target: MetricTarget, needed: NeededReading, days: number) => {
    const toMs = now();
    const fromMs = toMs - days * daySeconds * 1_000;
    return metrics.history({ target, needed: [needed], fromMs, toMs, stepSeconds: daySeconds });
  });
  return { read, daily };
}

/** The same question within `forMs` has the same answer; also while it is under way. */
function remembering<Args extends unknown[], Answer>(
  forMs: number,
  now: () => number,
  ask: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = answers.get(key);
    const age = known ? now() - known.at : Number.POSITIVE_INFINITY;
    // A clock that was set back makes no answer eternal.
    if (known && age >= 0 && age < forMs) return known.answer;
    const answer = ask(...args);
    answers.delete(key);
    answers.set(key, { at: now(), answer });
    answer.catch(() => answers.delete(key));
    for (const oldest of answers.keys()) {
      if (answers.size <= remembered) break;
      answers.delete(oldest);
    }
    return answer;
  };
}
