import { availableParallelism, totalmem } from 'node:os';
import { type Burst, type Comparison, callers } from './approvals';
import { kib, mib, ms, type Row, round, table } from './format';
import type { ObserverFigures } from './observer';
import type { RollbackFigures } from './rollback';

/** The round whose burst is in the middle, and the ratios of all. */
export interface Rounds extends Comparison {
  readonly ratios: readonly number[];
}

export interface Measured {
  readonly throughput: readonly Rounds[];
  readonly rollbacks: RollbackFigures;
  readonly observer: ObserverFigures;
}

/** By workflow tasks a second, because what a decision costs the server is counted in them. */
export function burstRatio({ bare: { bursts }, pipeline: { burst } }: Comparison): number {
  const [before, after] = bursts;
  return tasksPerSecond(burst) / ((tasksPerSecond(before) + tasksPerSecond(after)) / 2);
}

function tasksPerSecond({ perSecond, tasksPerDecision }: Burst): number {
  return perSecond * tasksPerDecision;
}

/** A burst is over in seconds, and one differs from the next by a third: the median of several says more than any. */
export function medianRound(rounds: readonly [Comparison, ...Comparison[]]): Rounds {
  const sorted = [...rounds].sort((a, b) => burstRatio(a) - burstRatio(b));
  const middle = sorted[Math.floor(sorted.length / 2)] ?? rounds[0];
  return { ...middle, ratios: sorted.map(burstRatio) };
}

export function rowsOf({ throughput, rollbacks, observer }: Measured): readonly Row[] {
  return [
    ...throughput.flatMap(throughputRows),
    {
      what: 'breach seen to rollback decided',
      figure: `p50 ${ms(rollbacks.decide.p50)}, p99 ${ms(rollbacks.decide.p99)}`,
      beside: `sampling interval ${rollbacks.intervalSeconds} s`,
      aim: '',
      met: null,
      wall: 'one workflow task and the completion of the analysis',
    },
    {
      what: `breach seen to all traffic back (${rollbacks.rollbacks} rollbacks under load)`,
      figure: `p50 ${ms(rollbacks.back.p50)}, p99 ${ms(rollbacks.back.p99)}`,
      beside: `${rollbacks.requestsSent} requests sent, ${rollbacks.requestsDropped} dropped`,
      aim: 'under 1 s, none dropped',
      met: rollbacks.back.p99 < 1000 && rollbacks.requestsDropped === 0,
      wall: 'one activity, which makes ready and shifts',
    },
    {
      what: `${observer.watches} analyses in one observer`,
      figure: `${round(observer.samplesPerSecond)} samples a second, lag ${ms(observer.lagMs)} (worst ${ms(observer.maxLagMs)})`,
      beside: `${round(observer.wantedPerSecond)} wanted (${observer.targets} targets, every ${observer.intervalSeconds} s)`,
      aim: 'all of them in one process',
      met: observer.samplesPerSecond > 0.95 * observer.wantedPerSecond,
      wall: `${round(observer.cpuShare * 100)} % of one core, ${mib(observer.rssBytes)} in all`,
    },
    {
      what: 'the example run, in all its workflows',
      figure: `${rollbacks.exampleRun.workflowTasks} workflow tasks, ${rollbacks.exampleRun.activities} activities, ${rollbacks.exampleRun.events} events, ${kib(rollbacks.exampleRun.historyBytes)} of history`,
      beside: `${rollbacks.exampleRun.workflows} workflows`,
      aim: 'at most 40 workflow tasks',
      met: rollbacks.exampleRun.workflowTasks <= 40,
      wall: 'counted, not timed',
    },
  ];
}

function throughputRows(rounds: Rounds): readonly Row[] {
  const { bare, pipeline, ratios } = rounds;
  const { opened, steady, burst, workerPeakRssBytes } = pipeline;
  const { runs } = opened;
  const [before, after] = bare.bursts;
  const ratio = burstRatio(rounds);
  return [
    {
      what: `${runs} runs started, until all wait`,
      figure: `${round(opened.startsPerSecond)} a second`,
      beside: `bare ${round(bare.opened.startsPerSecond)} a second`,
      aim: '',
      met: null,
      wall: 'the server: it and the worker share two cores',
    },
    {
      what: `approval to the next activity's start, ${runs} waiting, ${round(steady.perSecond)} decisions a second`,
      figure: `p50 ${ms(steady.latency.p50)}, p95 ${ms(steady.latency.p95)}, p99 ${ms(steady.latency.p99)}`,
      beside: `bare by ${callers} callers, ${round(bare.steady.perSecond)} a second: p50 ${ms(bare.steady.latency.p50)}, p99 ${ms(bare.steady.latency.p99)}`,
      aim: 'p99 under 1 s with 1,000 waiting, none lost',
      met: runs === 1_000 ? steady.latency.p99 < 1000 && steady.lost === 0 : null,
      wall: 'half the rate of the bare workflow, with twice its workflow tasks',
    },
    {
      what: `${runs / 2} approvals in one burst${runs > 1_000 ? ', 500 of them in flight' : ''}`,
      figure: `${round(burst.perSecond)} a second of ${round(burst.tasksPerDecision)} workflow tasks, ${ratio.toFixed(2)} of bare per task${ratios.length > 1 ? ` (the median of ${ratios.map((one) => one.toFixed(2)).join(', ')})` : ''}; p50 ${ms(burst.latency.p50)}, p99 ${ms(burst.latency.p99)}`,
      beside: `bare ${round(before.perSecond)} a second before and ${round(after.perSecond)} after, of ${round(before.tasksPerDecision)}; p50 ${ms(before.latency.p50)}, p99 ${ms(before.latency.p99)}`,
      aim: 'at least 0.8 of bare per workflow task, none lost',
      met: ratio >= 0.8 && burst.lost === 0,
      wall:
        runs > 2_000
          ? 'the server queues the burst; runs beyond the cache of 2,000 are replayed'
          : 'the server queues the burst',
    },
    {
      what: `memory of the worker with ${runs} open`,
      figure: `${mib(opened.workerRssBytes)}, ${mib(workerPeakRssBytes)} at the most until all were decided; embedded database included`,
      beside: `${mib(bare.opened.workerRssBytes)} with ${bare.opened.runs} bare ones, which are open beside them`,
      aim: '10,000 open under 1.5 GiB',
      met: runs === 10_000 ? workerPeakRssBytes < 1.5 * 1024 ** 3 : null,
      wall: 'the cache of open workflows',
    },
  ];
}

export function reportMarkdown(measured: Measured): string {
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `## Pipelines

Written by \`npm run bench\`. Everything ran on one machine (${cores} cores, ${memory} GiB, Node ${process.versions.node}): the client, the worker and Temporal's
dev server with its state in memory. Figures of that kind say little by themselves, so each stands beside a limit measured
in the same run: a bare workflow of one signal and one activity (\`bench/workflows.ts\`).

![Ratio to the bare workflow](images/performance.svg)

${table(rowsOf(measured))}

A pipeline run here waits at an approval (an Update, with its audit entries in the hash-chained log) and then runs one
command. Both kinds wait on the server at once, because a server that has more in it is slower: the bare workflow finds it
as the pipeline does, and the limit of the burst is the mean of a bare burst before it and one after it. A burst ends with
its last run, all of its workflow tasks done; they are counted in 50 histories, and one or two of the pipeline's are batches
of audit entries written. "Approval to the next activity's start" is measured from the client's send to the first line of
the activity, at half the rate that ${callers} callers get from the bare workflow, one round after the other.
`;
}
