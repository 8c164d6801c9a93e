import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { advanceWatch, startWatch, type WatchState } from '../../analytics';
import { type AnalyzeResult, Verdict, type VerdictReason } from '../../contracts/analysis';
import { failure, rootMessage } from '../../contracts/errors';
import { type Clock, systemClock } from '../metrics';
import { createAnalyze } from './analyze';
import { readPast } from './baseline';
import { type Answer, Completions } from './completions';
import { Heartbeats } from './heartbeats';
import type { Observer, ObserverOptions, ObserverStats, WatchView } from './port';
import { pause, repeat } from './repeat';
import { StateSaver } from './state-saver';
import { aheadOf, furtherState, inTimeOf, type StoredWatch, type Watch } from './watch';
import { type GroupSample, WatchGroup } from './watch-group';
import { WatchStore } from './watch-store';

/** Four of these without a sign of life, and other observers count this one as gone. */
const seenEveryMs = 2_000;
const saveEveryMs = 1_000;
const tidyEveryMs = 300_000;
const retryEveryMs = 1_000;
const signalTries = 5;

/** Samples taken in before heartbeats and other groups have their turn: some milliseconds. */
const samplesPerTurn = 100;

/** Makes the observer of a process; see `Observer`. */
export function createObserver(options: ObserverOptions): Observer {
  const observer = new WatchObserver(options);
  return {
    activities: { analyze: createAnalyze((watch) => observer.register(watch)) },
    start: () => observer.start(),
    stop: () => observer.stop(),
    stats: () => observer.stats(),
    watchesOf: (workflowIds) => observer.watchesOf(workflowIds),
  };
}

class WatchObserver {
  readonly #options: ObserverOptions;
  readonly #clock: Clock;
  readonly #store: WatchStore;
  readonly #completions: Completions;
  readonly #heartbeats: Heartbeats;
  readonly #saver: StateSaver;
  readonly #watches = new Map<string, Watch>();
  readonly #groups = new Map<string, WatchGroup>();
  readonly #counts = {
    samples: 0,
    alerts: 0,
    results: 0,
    heartbeats: 0,
    failedHeartbeats: 0,
    takenUp: 0,
    dropped: 0,
    lagMs: 0,
    maxLagMs: 0,
  };
  #phase: 'new' | 'running' | 'stopped' = 'new';
  #endLoops: (() => Promise<void>)[] = [];

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = new WatchStore(options.database, options.id ?? randomUUID());
    this.#completions = new Completions(options.completion);
    this.#saver = new StateSaver(this.#store);
    this.#heartbeats = new Heartbeats({
      completions: this.#completions,
      clock: this.#clock,
      onAnswer: (watch, answer) => this.#heard(watch, answer),
    });
  }

  async start(): Promise<void> {
    await this.#store.seen();
    this.#phase = 'running';
    for (const group of this.#groups.values()) group.start();
    for (const watch of this.#watches.values()) this.#heartbeats.begin(watch, true);
    await this.#takeUp();
    this.#endLoops = [
      repeat(this.#clock, seenEveryMs, () =>
        this.#logged('the observer cannot be seen by others', () => this.#beSeen()),
      ),
      repeat(this.#clock, saveEveryMs, () => this.#logged('watches could not be saved', () => this.#save())),
      repeat(this.#clock, tidyEveryMs, () => this.#logged('space could not be given back', () => this.#store.tidy())),
    ];
  }

  async stop(): Promise<void> {
    if (this.#phase === 'stopped') return;
    this.#phase = 'stopped';
    await Promise.all(this.#endLoops.map((end) => end()));
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#heartbeats.endAll();
    this.#options.metrics.stop();
    for (const watch of this.#watches.values()) this.#saver.add(watch);
    await this.#logged('watches could not be left to others', async () => {
      await this.#save();
      await this.#store.leave();
    });
  }

  stats(): ObserverStats {
    return { watches: this.#watches.size, groups: this.#groups.size, ...this.#counts };
  }

  watchesOf(workflowIds: readonly string[]): readonly WatchView[] {
    const wanted = new Set(workflowIds);
    return [...this.#watches.values()]
      .filter(({ workflowId }) => wanted.has(workflowId))
      .map(({ key, workflowId, input, state }) => {
        const readings = this.#groups.get(WatchGroup.keyOf(input))?.history ?? {};
        return { key, workflowId, input, state, readings };
      });
  }

  /** A new analysis, or a further attempt of one: it goes on from where its last observer told that it was. */
  async register(stored: StoredWatch): Promise<void> {
    if (this.#phase === 'stopped')
      throw failure('Unavailable', 'this observer is stopping: another one takes the analysis');
    const saved = await this.#store.register({ ...stored, state: stored.state ?? this.#begin(stored.input) });
    const known = this.#watches.get(stored.key)?.state ?? null;
    this.#add({ ...stored, state: furtherState(known, furtherState(stored.state, saved)) }, false);
  }

  #add(stored: StoredWatch, soon: boolean): void {
    const { input } = stored;
    const previous = this.#watches.get(stored.key);
    if (previous) this.#forget(previous);
    const state = stored.state ?? this.#begin(input);
    const aheadMs = aheadOf(state, this.#clock.now());
    const watch: Watch = { ...stored, state, aheadMs, historyTries: 0, ended: false };
    this.#watches.set(watch.key, watch);
    this.#options.metrics.warm(input.target);
    if (input.baselineRelease !== undefined)
      this.#options.metrics.warm({ ...input.target, release: input.baselineRelease });
    const group = this.#groupOf(watch);
    group.add(watch);
    if (this.#phase !== 'running') return;
    group.start();
    this.#heartbeats.begin(watch, soon);
  }

  #begin({ plan, baselineRelease }: Watch['input']): WatchState {
    return startWatch(plan, new Date(this.#clock.now()).toISOString(), { hasBaseline: baselineRelease !== undefined });
  }

  #groupOf({ input }: Watch): WatchGroup {
    const key = WatchGroup.keyOf(input);
    const known = this.#groups.get(key);
    if (known) return known;
    const group = new WatchGroup(input, {
      metrics: this.#options.metrics,
      clock: this.#clock,
      onSample: (watches, sample, lagMs) => this.#takeIn(watches, sample, lagMs),
      onFault: (error) => this.#options.logger.error({ err: error }, 'a sample could not be taken in'),
    });
    this.#groups.set(key, group);
    return group;
  }

  async #takeIn(watches: readonly Watch[], sample: GroupSample, lagMs: number): Promise<void> {
    this.#counts.lagMs = lagMs;
    this.#counts.maxLagMs = Math.max(this.#counts.maxLagMs, lagMs);
    let taken = 0;
    for (const watch of watches) {
      if (watch.ended) continue;
      const baseline = sample.baseline.length > 0 ? sample.baseline : await readPast(this.#options.metrics, watch);
      this.#advance(watch, { ...sample, baseline });
      taken += 1;
      if (taken % samplesPerTurn === 0) await nextTurn();
    }
  }

  #advance(watch: Watch, sample: GroupSample): void {
    this.#counts.samples += 1;
    try {
      const taken = inTimeOf(watch, sample);
      const { state, alerts, resolved, result } = advanceWatch(watch.input.plan, watch.state, taken);
      watch.state = state;
      for (const alert of alerts) void this.#tell(watch, alert);
      if (alerts.length + resolved.length > 0)
        this.#options.raiseAlerts?.(watch, { raised: alerts, resolved, at: taken.at });
      if (result === null) return;
      this.#endSampling(watch);
      void this.#deliver(watch, result);
    } catch (error) {
      this.#options.logger.error(
        { err: error, key: watch.key, workflowId: watch.workflowId },
        'an analysis cannot be judged',
      );
      this.#endSampling(watch);
      void this.#completions
        .fail(watch, `the analysis cannot be judged: ${rootMessage(error)}`)
        .then(() => this.#drop(watch));
    }
  }

  async #tell({ workflowId, key }: Watch, alert: VerdictReason): Promise<void> {
    this.#counts.alerts += 1;
    for (let tried = 1; this.#phase === 'running'; tried += 1) {
      try {
        return await this.#options.signalAlert(workflowId, alert);
      } catch (error) {
        if (tried === signalTries)
          return this.#options.logger.warn({ err: error, workflowId, key }, 'an alert could not be told');
        await pause(this.#clock, retryEveryMs * tried);
      }
    }
  }

  /** Until the server has it; heartbeats go on meanwhile. If we end before, the next observer comes to the same result. */
  async #deliver(watch: Watch, result: AnalyzeResult): Promise<void> {
    const { target, baselineRelease } = watch.input;
    const serving = result.verdict === Verdict.pass ? target.release : baselineRelease;
    if (serving !== undefined) this.#options.metrics.keep({ ...target, release: serving });
    while (this.#phase === 'running' && this.#watches.get(watch.key) === watch) {
      const answer = await this.#completions.complete(watch, result);
      if (answer === 'unreachable') {
        await pause(this.#clock, retryEveryMs);
        continue;
      }
      if (answer === 'ok') {
        this.#counts.results += 1;
        this.#options.onResult?.(result);
      } else this.#counts.dropped += 1;
      return this.#remove(watch);
    }
  }

  #heard(watch: Watch, answer: Answer): void {
    if (answer === 'unreachable') this.#counts.failedHeartbeats += 1;
    else this.#counts.heartbeats += 1;
    if (answer === 'ok') this.#saver.add(watch);
    if (answer === 'ok' || answer === 'unreachable') return;
    this.#endSampling(watch);
    if (answer === 'cancelled') void this.#completions.cancelled(watch);
    if (answer === 'reset') void this.#completions.restart(watch);
    void this.#drop(watch);
  }

  #drop(watch: Watch): Promise<void> {
    this.#counts.dropped += 1;
    return this.#remove(watch);
  }

  async #remove(watch: Watch): Promise<void> {
    this.#forget(watch);
    // Left behind, its row is taken up once, found to be of no activity and removed then.
    await this.#logged('a watch could not be removed', () => this.#store.remove(watch));
  }

  /** From memory alone. */
  #forget(watch: Watch): void {
    this.#endSampling(watch);
    this.#heartbeats.end(watch);
    this.#saver.forget(watch);
    if (this.#watches.get(watch.key) === watch) this.#watches.delete(watch.key);
  }

  #endSampling(watch: Watch): void {
    watch.ended = true;
    const key = WatchGroup.keyOf(watch.input);
    const group = this.#groups.get(key);
    group?.remove(watch);
    if (group?.size !== 0) return;
    this.#groups.delete(key);
    void group.stop();
  }

  async #beSeen(): Promise<void> {
    await this.#store.seen();
    // Nobody else can have left anything since the start.
    if (!this.#options.database.exclusive) await this.#takeUp();
  }

  async #takeUp(): Promise<void> {
    for (;;) {
      const orphans = await this.#store.takeUp();
      if (orphans.length === 0) return;
      this.#counts.takenUp += orphans.length;
      for (const stored of orphans) this.#add(stored, true);
      this.#options.logger.info({ watches: orphans.length }, 'took up watches of an observer that is gone');
    }
  }

  async #save(): Promise<void> {
    for (const watch of await this.#saver.save()) this.#forget(watch);
  }

  async #logged(message: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.logger.warn({ err: error }, message);
    }
  }
}
