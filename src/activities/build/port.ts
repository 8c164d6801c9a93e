import type { Artifact, BuildInput } from '../../contracts/activities';

/** What one provider can build. A new one is one file and one line in `registry.ts`. */
export interface Builder {
  /** The first half of `uses: provider/action`. */
  readonly provider: string;
  readonly action: string;
  /**
   * Same source, same digest. Throws `InvalidInput` for a source that cannot be packaged, `CommandFailed` for a build
   * command that fails, `Unavailable` when the store is full.
   */
  build(input: BuildInput, progress: BuildProgress): Promise<Artifact>;
}

export interface BuildProgress {
  /** What goes on now: becomes the heartbeat's detail. */
  phase(name: string): void;
  readonly signal: AbortSignal;
}
