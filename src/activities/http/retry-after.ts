/** The longest pause that another side may ask of us. */
const maxRetryAfterSeconds = 3_600;

/** Seconds of `Retry-After`, given as a number or as a date; null when there is none that can be read. */
export function retryAfterSeconds(header: string | string[] | undefined, nowMs: number): number | null {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - nowMs) / 1_000);
  return Number.isNaN(seconds) ? null : Math.min(maxRetryAfterSeconds, Math.max(0, seconds));
}
