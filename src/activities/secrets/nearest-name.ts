import { closest, distance } from 'fastest-levenshtein';

/** The known name that was most likely meant; null when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const nearest = closest(
    name.toLowerCase(),
    known.map((candidate) => candidate.toLowerCase()),
  );
  const found = known.find((candidate) => candidate.toLowerCase() === nearest) ?? null;
  return found !== null && distance(name.toLowerCase(), nearest) <= Math.max(2, name.length / 3) ? found : null;
}
