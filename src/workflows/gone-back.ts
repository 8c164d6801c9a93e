import type { TrafficState } from '../contracts/activities';
import type { ReleaseEnvironmentInput } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import type { DeployedRelease } from '../contracts/status';
import type { DeploymentOutcome } from '../contracts/workflows';
import type { DeploymentRun } from './deployment-run';
import { handOver } from './hand-over';
import { common, type Place } from './place';
import { servingText } from './step-executor';

/** Why a deployment goes back, and what it is called afterwards. */
export interface WayBack {
  readonly phase: Phase;
  readonly reason: string;
  /** ISO-8601; the sample that showed it. */
  readonly breachedAt: string | null;
  /** The release is refused here until somebody re-opens it. */
  readonly reject: boolean;
}

/** How the way back ended in one place. */
export type GoneBack =
  /** `remarks`: what could not be cleared away, and what people had to do, as sentences. */
  | {
      readonly state: 'back';
      readonly place: Place;
      readonly serving: DeployedRelease;
      readonly trafficBackAt: string;
      readonly remarks: readonly string[];
    }
  /** There was no earlier release, so nothing serves, or again what somebody else had there. */
  | { readonly state: 'withdrawn'; readonly place: Place; readonly traffic: TrafficState | null }
  /** No earlier release could serve, and people kept the candidate. */
  | { readonly state: 'kept'; readonly place: Place; readonly by: readonly string[] }
  /** No earlier release could serve, and nobody kept the candidate. */
  | { readonly state: 'stuck'; readonly place: Place; readonly traffic: TrafficState | null };

/** Gives the environment back, with what serves in it, and makes the result of it. */
export async function settle(
  run: DeploymentRun,
  way: WayBack,
  decidedAt: string,
  ends: readonly GoneBack[],
): Promise<DeploymentOutcome> {
  for (const end of ends) end.place.set(phaseOf(end, way), sentence(end));
  const isKept = ends.every(({ state }) => state === 'kept');
  await run.lease.giveBack({
    outcome: outcomeOf(ends),
    ...handOver(ends.flatMap((end) => (end.state === 'stuck' ? [] : [{ place: end.place, serving: servingOf(end) }]))),
    rejected: way.reject && !isKept ? { release: run.input.release, reason: way.reason } : null,
  });
  const places = run.places.flatMap((place) => {
    const end = ends.find((one) => one.place === place);
    return end ? place.says(sentence(end)) : untouched(place);
  });
  return {
    phase: isKept ? Phase.succeeded : overall(ends, way),
    reason: isKept ? `kept by ${byOf(ends)} although ${way.reason}` : [way.reason, ...places].join('; '),
    decisions: [...run.view.decisions],
    servingRelease: common(ends.map(nameOf)),
    breachedAt: way.breachedAt,
    rollbackDecidedAt: decidedAt,
    trafficBackAt: trafficBackAt(ends),
  };
}

function sentence(end: GoneBack): string {
  switch (end.state) {
    case 'back':
      return [`${end.serving.release} serves`, ...end.remarks].join('; ');
    case 'withdrawn':
      return `${isServed(end) ? 'it was the first release here' : 'there is no earlier release to go back to'}: ${servingText(end.traffic)}`;
    case 'kept':
      return `${end.place.candidate.release} is kept by ${end.by.join(', ')}`;
    case 'stuck':
      return `no earlier release could be brought back: ${servingText(end.traffic)}`;
  }
}

function untouched(place: Place): readonly string[] {
  const { current } = place.home;
  return current ? [place.says(`${current.release} serves, untouched`)] : [];
}

/** Whether what somebody else had there serves again, and nothing of the candidate does. */
function isServed({ place, traffic }: Extract<GoneBack, { readonly state: 'withdrawn' }>): boolean {
  const serving = (traffic?.weights ?? []).filter(({ weight }) => weight > 0);
  return serving.length > 0 && serving.every(({ release }) => release !== place.candidate.release);
}

function phaseOf(end: GoneBack, way: WayBack): Phase {
  const { state } = end;
  if (state === 'back' || (state === 'withdrawn' && isServed(end))) return way.phase;
  if (state === 'kept') return Phase.succeeded;
  return state === 'withdrawn' && way.phase === Phase.aborted ? Phase.aborted : Phase.failed;
}

/** As bad as the worst place; where only some had nothing to go back to, the others did go back. */
function overall(ends: readonly GoneBack[], way: WayBack): Phase {
  if (ends.some(({ state }) => state === 'stuck')) return Phase.failed;
  const [first] = ends;
  const isWithdrawn = first && ends.every(({ state }) => state === 'withdrawn');
  return isWithdrawn ? phaseOf(first, way) : way.phase;
}

function outcomeOf(ends: readonly GoneBack[]): ReleaseEnvironmentInput['outcome'] {
  if (ends.every(({ state }) => state === 'kept')) return 'deployed';
  return ends.every(({ state }) => state === 'stuck') ? 'unchanged' : 'rolled_back';
}

function servingOf(end: GoneBack): DeployedRelease | null {
  if (end.state === 'back') return end.serving;
  return end.state === 'kept' ? end.place.candidate : null;
}

function nameOf(end: GoneBack): string | null {
  if (end.state !== 'stuck') return servingOf(end)?.release ?? null;
  return end.traffic?.weights.find(({ weight }) => weight === 100)?.release ?? null;
}

function byOf(ends: readonly GoneBack[]): string {
  return [...new Set(ends.flatMap((end) => (end.state === 'kept' ? end.by : [])))].join(', ');
}

/** When the last place had its traffic back; null when one never had. */
function trafficBackAt(ends: readonly GoneBack[]): string | null {
  const times = ends.flatMap((end) => (end.state === 'back' ? [end.trafficBackAt] : []));
  return times.length === ends.length ? (times.sort().at(-1) ?? null) : null;
}
