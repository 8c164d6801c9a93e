/** Temporal's OpenTelemetry interceptors put the caller's W3C context there: on a run, its children and its activities. */
export const traceHeader = '_tracer-data';
