import type { RunStatus } from '../../client';
import type { VerdictReason } from '../../contracts/analysis';
import { Phase } from '../../contracts/phases';
import type { LoadReport } from '../load';

/** How a release of the demo has to end. */
export interface Expectation {
  readonly release: string;
  readonly phase: Phase;
  /** The metric whose trigger has to roll it back; null: none may. */
  readonly metric: string | null;
}

export interface DemoRelease {
  readonly release: string;
  readonly phase: Phase;
  readonly expected: Phase;
  readonly asExpected: boolean;
  /** What is not as it should be; empty when all is. */
  readonly faults: readonly string[];
  /** Why it is in its phase, in the run's own words. */
  readonly reason: string;
  readonly approvedBy: readonly string[];
  /** The figures that decided. */
  readonly reasons: readonly VerdictReason[];
  /** From the sample that showed the breach to the decision; null: no rollback. */
  readonly secondsToDecide: number | null;
  /** From the decision to all traffic back on the stable release; null: no rollback. */
  readonly secondsToRollBack: number | null;
  /** From start to end. */
  readonly seconds: number;
  /** Through production's proxy, while this release was on its way. */
  readonly requests: DemoRequests;
}

export interface DemoRequests {
  readonly sent: number;
  /** Answered with an error by the release itself. */
  readonly failed: number;
  /** Answered by no release at all: what shifting traffic must not cause. */
  readonly dropped: number;
}

export interface DemoReport {
  readonly ok: boolean;
  readonly seconds: number;
  readonly home: string;
  readonly uiUrl: string | null;
  readonly releases: readonly DemoRelease[];
}

/** What is told about a release once its run has ended. Pure. */
export function reportRelease(
  expected: Expectation,
  status: RunStatus,
  approvedBy: readonly string[],
  before: LoadReport,
  after: LoadReport,
  endedAt: string,
): DemoRelease {
  const reasons = decidingReasons(status);
  const requests = requestsBetween(before, after);
  const rollback = status.stages.map((stage) => stage.rollback).find((one) => one?.decidedAt) ?? null;
  const faults = [
    ...(status.phase === expected.phase ? [] : [`it ended ${status.phase}, not ${expected.phase}`]),
    ...metricFault(expected.metric, reasons),
    ...(requests.dropped === 0
      ? []
      : [`${requests.dropped} requests were answered by no release: ${after.droppedBecause.at(-1)?.reason ?? ''}`]),
    ...strangersFault(expected, before, after),
  ];
  return {
    release: status.release,
    phase: status.phase,
    expected: expected.phase,
    asExpected: faults.length === 0,
    faults,
    reason: status.reason,
    approvedBy,
    reasons,
    secondsToDecide: secondsBetween(rollback?.breachedAt ?? null, rollback?.decidedAt ?? null),
    secondsToRollBack: secondsBetween(rollback?.decidedAt ?? null, rollback?.trafficBackAt ?? null),
    seconds: secondsBetween(status.startedAt, status.endedAt ?? endedAt) ?? 0,
    requests,
  };
}

/** Of a run that went back: what made it; of one that succeeded: what it passed. */
function decidingReasons(status: RunStatus): readonly VerdictReason[] {
  const all = status.stages.flatMap((stage) => stage.decisions);
  const against = all.filter((one) => one.kind === 'trigger' && one.outcome === 'true');
  return status.phase === Phase.rolledBack && against.length > 0 ? against : all;
}

function metricFault(metric: string | null, reasons: readonly VerdictReason[]): readonly string[] {
  if (metric === null || reasons.some((one) => one.subject.startsWith(metric))) return [];
  return [`no figure of ${metric} decided`];
}

/** Errors of any release but the faulty one, which has to answer for its own. */
function strangersFault(expected: Expectation, before: LoadReport, after: LoadReport): readonly string[] {
  return after.releases.flatMap(({ release, failed }) => {
    const more = failed - (before.releases.find((one) => one.release === release)?.failed ?? 0);
    const itsOwn = release === expected.release && expected.phase !== Phase.succeeded;
    return more > 0 && !itsOwn ? [`${release} answered ${more} requests with errors`] : [];
  });
}

function requestsBetween(before: LoadReport, after: LoadReport): DemoRequests {
  return {
    sent: after.sent - before.sent,
    failed: after.failed - before.failed,
    dropped: after.dropped - before.dropped,
  };
}

function secondsBetween(start: string | null, end: string | null): number | null {
  if (start === null || end === null) return null;
  return Math.max(0, Date.parse(end) - Date.parse(start)) / 1000;
}
