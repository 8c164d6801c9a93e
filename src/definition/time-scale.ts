// A scaled plan must still be able to measure something: these floors keep windows and gates meaningful (seconds).

const floors = {
  interval: 0.1,
  window: 2.5,
  expiry: 60,
  progressDeadline: 30,
} as const;

/** All durations of a plan, multiplied by one factor; 1 in production. Time limits of commands are never scaled. */
export interface TimeScale {
  readonly factor: number;
  plain(seconds: number): number;
  interval(seconds: number): number;
  window(seconds: number): number;
  expiry(seconds: number): number;
  progressDeadline(seconds: number): number;
}

export function timeScale(factor: number): TimeScale {
  const scaled = (floor: number) => (seconds: number) =>
    factor === 1 ? seconds : round(Math.max(seconds * factor, Math.min(seconds, floor)));
  return {
    factor,
    plain: scaled(0),
    interval: scaled(floors.interval),
    window: scaled(floors.window),
    expiry: scaled(floors.expiry),
    progressDeadline: scaled(floors.progressDeadline),
  };
}

/** Milliseconds are exact enough, and keep the plan's hash free of binary fractions. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
