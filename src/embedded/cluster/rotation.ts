/** What the rotation needs to know of a replica. */
export interface Candidate {
  readonly release: string;
  readonly inFlight: number;
}

export interface Share {
  readonly release: string;
  readonly weight: number;
}

/**
 * Smooth weighted round robin between releases (as nginx does it: a share of 5 % is every 20th request, not 5 in a row),
 * and within a release the replica with the fewest running requests. Deterministic: no random number decides.
 */
export class Rotation {
  private readonly credit = new Map<string, number>();
  private turn = 0;

  /** The replica for the next request; null when no release with a share has a replica to give. */
  next<T extends Candidate>(shares: readonly Share[], candidates: readonly T[]): T | null {
    const able = shares.filter(
      ({ release, weight }) => weight > 0 && candidates.some((one) => one.release === release),
    );
    const release = this.nextRelease(able);
    return release === null ? null : this.leastBusy(candidates.filter((one) => one.release === release));
  }

  private nextRelease(shares: readonly Share[]): string | null {
    const [only, second] = shares;
    if (only === undefined) return null;
    if (second === undefined) return only.release;
    const total = shares.reduce((sum, { weight }) => sum + weight, 0);
    let best = only.release;
    for (const { release, weight } of shares) {
      this.credit.set(release, (this.credit.get(release) ?? 0) + weight);
      if (this.creditOf(release) > this.creditOf(best)) best = release;
    }
    this.credit.set(best, this.creditOf(best) - total);
    return best;
  }

  private creditOf(release: string): number {
    return this.credit.get(release) ?? 0;
  }

  /** Ties go round, so that idle replicas share the work too. */
  private leastBusy<T extends Candidate>(candidates: readonly T[]): T | null {
    this.turn = (this.turn + 1) % 1_000_003;
    let best: T | null = null;
    for (let index = 0; index < candidates.length; index += 1) {
      const candidate = candidates[(index + this.turn) % candidates.length];
      if (candidate && (best === null || candidate.inFlight < best.inFlight)) best = candidate;
    }
    return best;
  }

  /** New shares start from nothing: a release that left owes nothing when it comes back. */
  reset(): void {
    this.credit.clear();
  }
}
