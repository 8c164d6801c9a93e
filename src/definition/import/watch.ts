import { printDuration } from '../duration';
import type { StageDocument } from './workflow-draft';

/** What an analysis of another tool watches, in our conditions. */
export interface Watch {
  /** All must hold. */
  readonly criteria: readonly string[];
  /** One is enough to go back. */
  readonly triggers: readonly string[];
  /** Told, and nothing more. */
  readonly alerts: readonly string[];
  /** How long it takes; null: as long as what it watches. */
  readonly seconds: number | null;
  /** Between two measurements; null: not said. */
  readonly intervalSeconds: number | null;
}

export const emptyWatch: Watch = {
  criteria: [],
  triggers: [],
  alerts: [],
  seconds: null,
  intervalSeconds: null,
};

/** Where nothing says how long: a single measurement of another tool, which ours watches for a while. */
const leastSeconds = 60;

/** Whether it can hold a release up: alerts alone cannot. */
export function decides({ criteria, triggers }: Watch): boolean {
  return criteria.length + triggers.length > 0;
}

/** A stage has one watch: what several analyses ask all holds, for as long as the longest. */
export function together(watches: readonly Watch[]): Watch {
  const all = (field: 'criteria' | 'triggers' | 'alerts') => [...new Set(watches.flatMap((watch) => watch[field]))];
  const seconds = watches.flatMap((watch) => watch.seconds ?? []);
  const intervals = watches.flatMap((watch) => watch.intervalSeconds ?? []);
  return {
    criteria: all('criteria'),
    triggers: all('triggers'),
    alerts: all('alerts'),
    seconds: seconds.length === 0 ? null : Math.max(...seconds),
    intervalSeconds: intervals.length === 0 ? null : Math.min(...intervals),
  };
}

export function lengthOf({ seconds, intervalSeconds }: Watch): string {
  return printDuration(Math.max(seconds ?? leastSeconds, intervalSeconds ?? 0));
}

/** `validation` and `monitoring` of a stage. */
export function watchFields(watch: Watch): Pick<StageDocument, 'validation' | 'monitoring'> {
  const { criteria, triggers, alerts, intervalSeconds } = watch;
  const duration = lengthOf(watch);
  const watches = triggers.length + alerts.length > 0;
  const monitoring = {
    // An interval says nothing where there is nothing to measure.
    ...(intervalSeconds !== null && decides(watch) ? { interval: printDuration(intervalSeconds) } : {}),
    ...(triggers.length > 0 ? { rollback_triggers: [...triggers] } : {}),
    ...(alerts.length > 0 ? { alerts: [...alerts] } : {}),
    // The other tools do not look any more once a release is live.
    ...(watches ? { duration, watch_after: '0s' } : {}),
  };
  return {
    ...(criteria.length > 0 ? { validation: { duration, success_criteria: [...criteria] } } : {}),
    ...(Object.keys(monitoring).length > 0 ? { monitoring } : {}),
  };
}
