import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Comparison, compare, warmUp } from './approvals';
import { measureObserver } from './observer';
import { ratioPlot } from './plot';
import { burstRatio, type Measured, medianRound, type Rounds, reportMarkdown } from './report';
import { startRig } from './rig';
import { measureRollbacks } from './rollback';
import { writeSection } from './section';

/**
 * `npm run bench [-- --quick] [-- --runs 1000,10000]`: measures everything in one go and writes its part of
 * docs/performance.md with its plot; quick, it prints only.
 */
async function main(): Promise<void> {
  const quick = process.argv.includes('--quick');
  const given = process.argv[process.argv.indexOf('--runs') + 1];
  const sizes =
    process.argv.includes('--runs') && given ? given.split(',').map(Number) : quick ? [200] : [1_000, 10_000];
  const throughput: Rounds[] = [];
  for (const runs of sizes) {
    const rounds: [Comparison, ...Comparison[]] = [await measureThroughput(runs)];
    // With 10,000 a burst is ten times as long.
    while (!quick && runs <= 1_000 && rounds.length < 3) rounds.push(await measureThroughput(runs));
    throughput.push(medianRound(rounds));
  }
  say('breach to traffic back, whole system under load');
  const rollbacks = await measureRollbacks(quick ? 2 : 5);
  say('analyses in one observer');
  const observer = await measureObserver(quick ? 1_000 : 10_000, 100);
  const measured: Measured = { throughput, rollbacks, observer };

  const docs = resolve(__dirname, '..', '..', 'docs');
  mkdirSync(join(docs, 'images'), { recursive: true });
  const text = reportMarkdown(measured);
  if (!quick) {
    writeSection(join(docs, 'performance.md'), 'bench', text);
    writeFileSync(join(docs, 'images', 'performance.svg'), ratioPlot(measured));
  }
  console.log(text);
  process.exit(0);
}

/** On a server and a worker of its own. */
async function measureThroughput(runs: number): Promise<Comparison> {
  const rig = await startRig();
  try {
    await warmUp(rig);
    say(`${runs} pipeline runs at an approval`);
    const comparison = await compare(rig, runs);
    const { perSecond, latency } = comparison.pipeline.steady;
    say(
      `burst ${burstRatio(comparison).toFixed(2)} of bare; p99 ${latency.p99} ms at ${perSecond.toFixed(1)} a second`,
    );
    return comparison;
  } catch (error) {
    // Told at once: what is still under way fails too when the rig stops, and would hide it.
    console.error(`bench: ${runs} runs:`, error);
    throw error;
  } finally {
    await rig.stop();
  }
}

function say(what: string): void {
  console.error(`== ${what}`);
}

void main();
