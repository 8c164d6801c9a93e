import { dayMs, dayOf } from './days';
import type { ApprovalFact } from './facts';

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Seconds of each day in which releases waited for people. A release that waits at two gates at once waits once; two
 * releases that wait at once wait twice. Only answered questions count: of others it is not known how long they waited.
 */
export function waitingByDay(approvals: readonly ApprovalFact[]): ReadonlyMap<number, number> {
  const ofReleases = new Map<string, Stretch[]>();
  for (const { release, requestedAt, endedAt, outcome } of approvals) {
    if (endedAt === null || outcome === 'withdrawn' || endedAt <= requestedAt) continue;
    const stretches = ofReleases.get(release) ?? [];
    stretches.push({ fromMs: requestedAt, toMs: endedAt });
    ofReleases.set(release, stretches);
  }
  const days = new Map<number, number>();
  for (const stretches of ofReleases.values()) {
    for (const { fromMs, toMs } of joined(stretches)) addByDay(days, fromMs, toMs);
  }
  return new Map([...days].map(([day, waitedMs]) => [day, waitedMs / 1_000]));
}

/** Overlapping stretches as one. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last && stretch.fromMs <= last.toMs) {
      result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, stretch.toMs) };
    } else result.push(stretch);
  }
  return result;
}

function addByDay(days: Map<number, number>, fromMs: number, toMs: number): void {
  for (let at = fromMs; at < toMs; ) {
    const day = dayOf(at);
    const until = Math.min(toMs, (day + 1) * dayMs);
    days.set(day, (days.get(day) ?? 0) + until - at);
    at = until;
  }
}
