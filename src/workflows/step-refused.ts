/** A step that says: not this release. Caught where the way back begins, never leaves the workflow. */
export class StepRefused extends Error {
  constructor(
    message: string,
    /** ISO-8601; the sample that showed it. */
    readonly breachedAt: string | null = null,
  ) {
    super(message);
  }
}
