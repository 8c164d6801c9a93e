/** Temporal's OpenTelemetry interceptors put the caller's W3C context there: on a run, its children and its activities. */
export const traceHeader = '_tracer-data';

/**
 * The workflow that it all began with, on activities of traced runs: an activity knows its own workflow alone, and people
 * look for all that belongs to a run.
 */
export const rootHeader = 'f0-root';
