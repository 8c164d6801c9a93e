import type { Band } from './measure';

// Levels of the DORA reports. What they publish is where groups of teams lay in a survey, not borders: between two groups
// the border is the better end of the worse group. 2024: https://dora.dev/research/2024/dora-report/
// For the change failure rate the groups of 2024 are not in order (high 20 %, medium 10 %), so its levels are those of
// 2023: https://dora.dev/research/2023/dora-report/

const day = 86_400;

/** 2024: elite on demand, several a day; high from once a day to once a week; medium to once a month. */
export function frequencyBand(perDay: number): Band {
  if (perDay > 1) return 'elite';
  if (perDay >= 1 / 7) return 'high';
  return perDay >= 1 / 30 ? 'medium' : 'low';
}

/** 2024: elite less than a day; high to a week; medium to a month. */
export function leadTimeBand(seconds: number): Band {
  return band(seconds, [day, 7 * day, 30 * day], 'below');
}

/** 2024: elite less than an hour; high and medium less than a day; low from a week on. What lies between is medium here. */
export function recoveryBand(seconds: number): Band {
  return band(seconds, [3_600, day, 7 * day], 'below');
}

/** 2023: elite 5 %, high 10 %, medium 15 %, low 64 %. */
export function changeFailureBand(share: number): Band {
  return band(share, [0.05, 0.1, 0.15], 'at most');
}

function band(value: number, limits: readonly [number, number, number], up: 'below' | 'at most'): Band {
  const names = ['elite', 'high', 'medium'] as const;
  return names.find((_, index) => within(value, limits[index] ?? 0, up)) ?? 'low';
}

function within(value: number, limit: number, up: 'below' | 'at most'): boolean {
  return up === 'below' ? value < limit : value <= limit;
}
