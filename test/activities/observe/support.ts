import { ActivityCancelledError, ActivityNotFoundError } from '@temporalio/client';
import type { Clock, HistoryRequest, MetricSources, ReadRequest } from '../../../src/activities/metrics';
import type { Completion } from '../../../src/activities/observe';
import type { BaselineReading, NeededReading, WatchState } from '../../../src/analytics';
import type { AnalyzeInput, AnalyzeResult } from '../../../src/contracts/analysis';
import type { AnalysisPlan, MetricTarget } from '../../../src/definition/release-plan';

export const plan: AnalysisPlan = {
  name: 'watch',
  durationSeconds: 10,
  intervalSeconds: 1,
  windowSeconds: 5,
  criteria: [],
  triggers: [
    {
      kind: 'condition',
      condition: { metric: 'error_rate', op: '>', value: 0.02, unit: '%', forSeconds: null, overSeconds: null },
    },
  ],
  alerts: [{ metric: 'latency_p95', op: '>', value: 1, unit: 's', forSeconds: null, overSeconds: null }],
  judge: null,
  mode: 'enforce',
  onInconclusive: 'ask',
  maxExtensions: 0,
  askExpiresInSeconds: 60,
  minRequests: 1,
};

export function target(release: string): MetricTarget {
  return {
    source: { name: 'fake', type: 'builtin', url: null, secret: null, queries: {} },
    cluster: { name: 'local', type: 'local', settings: {} },
    namespace: 'shop',
    environment: 'production',
    app: 'shop',
    release,
    appMetrics: { path: '/metrics', requests: 'r', statusLabel: 'status', duration: 'd' },
  };
}

export function analyzeInput(key: string, more: Partial<AnalyzeInput> = {}): AnalyzeInput {
  return { key, plan, target: target('1.1.0'), ...more };
}

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #timers = new Map<object, { readonly at: number; readonly work: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): () => void {
    const id = {};
    this.#timers.set(id, { at: this.#now + ms, work });
    return () => this.#timers.delete(id);
  }

  /** Runs what is due within `seconds`, in order, and lets what it began settle in between. */
  async advance(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1_000;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].work();
    }
    this.#now = end;
    await settled();
  }
}

/** A few turns of the event loop: enough for promises of memory and of the embedded database. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise(setImmediate);
}

export class FakeMetrics implements MetricSources {
  reads: ReadRequest[] = [];
  histories: HistoryRequest[] = [];
  warmed = new Set<string>();
  kept: string[] = [];
  stopped = false;
  /** By release, then metric; null: unknown. */
  values: Record<string, Record<string, number | null>> = {};
  past: BaselineReading[] = [];

  async read(request: ReadRequest) {
    this.reads.push(request);
    const { needed, target } = request;
    return needed.map((one) => this.#reading(one, target.release));
  }

  async history(request: HistoryRequest) {
    this.histories.push(request);
    return this.past;
  }

  warm(target: MetricTarget) {
    this.warmed.add(target.release);
  }

  keep(target: MetricTarget) {
    this.kept.push(target.release);
  }

  stop() {
    this.stopped = true;
  }

  #reading({ metric, windowSeconds }: NeededReading, release: string) {
    const value = this.values[release]?.[metric] ?? null;
    return { metric, windowSeconds, value, samples: value === null ? 0 : 100 };
  }
}

type Mood = 'well' | 'cancelled' | 'gone' | 'unreachable';

/** Temporal, as the observer sees it: tokens are the keys of the watches here. */
export class FakeCompletion {
  readonly results = new Map<string, AnalyzeResult[]>();
  readonly beats = new Map<string, WatchState[]>();
  readonly cancellations: string[] = [];
  mood: Mood = 'well';

  readonly client = {
    complete: async (token: Uint8Array, result: AnalyzeResult) => {
      this.#answer();
      const key = Buffer.from(token).toString();
      this.results.set(key, [...(this.results.get(key) ?? []), result]);
    },
    heartbeat: async (token: Uint8Array, details: WatchState) => {
      this.#answer();
      const key = Buffer.from(token).toString();
      this.beats.set(key, [...(this.beats.get(key) ?? []), details]);
    },
    reportCancellation: async (token: Uint8Array) => {
      this.cancellations.push(Buffer.from(token).toString());
    },
    fail: async () => undefined,
  } as unknown as Completion;

  #answer(): void {
    if (this.mood === 'cancelled') throw new ActivityCancelledError('cancelled');
    if (this.mood === 'gone') throw new ActivityNotFoundError('not found');
    if (this.mood === 'unreachable') throw new Error('connection refused');
  }
}
