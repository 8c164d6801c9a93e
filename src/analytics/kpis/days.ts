/** Days are those of UTC: the same for everybody who looks, and each as long as the other. */
export const dayMs = 86_400_000;

/** Days since 1970. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** ISO-8601: when a day begins. */
export function isoOfDay(day: number): string {
  return new Date(day * dayMs).toISOString();
}
