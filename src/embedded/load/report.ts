import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What users met. `sent` is the sum of all the others, but for what still runs. */
export interface LoadReport {
  /** Requests with an outcome. */
  readonly sent: number;
  /** Answered by a release, with a status under 500. */
  readonly ok: number;
  /** Answered by a release, with 500 or more: its own fault. */
  readonly failed: number;
  /** Answered by nobody: refused or broken by the proxy, or the connection. */
  readonly dropped: number;
  /** The first reasons of dropped requests. */
  readonly droppedBecause: readonly { readonly at: string; readonly reason: string }[];
  readonly releases: readonly ReleaseLoad[];
}

export interface ReleaseLoad {
  readonly release: string;
  readonly ok: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

interface Tally {
  ok: number;
  failed: number;
  readonly micros: RecordableHistogram;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const keptReasons = 20;

/** Counts what happens to requests, by who answered. */
export class LoadCounter {
  private readonly tallies = new Map<string, Tally>();
  private readonly reasons: { at: string; reason: string }[] = [];
  private dropped = 0;

  /** Counts an answer; tells whether a release gave it. */
  answered(statusCode: number, headers: Headers, durationMs: number): boolean {
    const release = headers['x-f0-release'];
    if (typeof release !== 'string') {
      this.broken(`status ${statusCode}: ${String(headers['x-f0-proxy-error'] ?? 'not from a release')}`);
      return false;
    }
    const tally = this.tallies.get(release) ?? { ok: 0, failed: 0, micros: createHistogram() };
    this.tallies.set(release, tally);
    tally.micros.record(Math.max(1, Math.round(durationMs * 1000)));
    if (statusCode < 500) tally.ok += 1;
    else tally.failed += 1;
    return true;
  }

  /** Counts a request that no release answered; before the first answer of any there is nothing to drop. */
  broken(reason: string): void {
    if (this.tallies.size === 0) return;
    this.dropped += 1;
    if (this.reasons.length < keptReasons) this.reasons.push({ at: new Date().toISOString(), reason });
  }

  report(): LoadReport {
    const releases = [...this.tallies].map(([release, { ok, failed, micros }]): ReleaseLoad => {
      return { release, ok, failed, p50Ms: micros.percentile(50) / 1000, p95Ms: micros.percentile(95) / 1000 };
    });
    const ok = releases.reduce((sum, one) => sum + one.ok, 0);
    const failed = releases.reduce((sum, one) => sum + one.failed, 0);
    return {
      sent: ok + failed + this.dropped,
      ok,
      failed,
      dropped: this.dropped,
      droppedBecause: [...this.reasons],
      releases,
    };
  }
}
