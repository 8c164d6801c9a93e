import { closest, distance } from 'fastest-levenshtein';

/** The valid name that was probably meant; null when none is near. */
export function nearestName(found: string, valid: readonly string[]): string | null {
  if (valid.length === 0 || found === '' || found.length > 100) return null;
  const best = closest(
    found.toLowerCase(),
    valid.map((name) => name.toLowerCase()),
  );
  const name = valid.find((candidate) => candidate.toLowerCase() === best) ?? null;
  // A third of the letters may differ: more, and the suggestion is noise.
  return name !== null && distance(found.toLowerCase(), best) <= Math.max(2, Math.floor(name.length / 3)) ? name : null;
}
