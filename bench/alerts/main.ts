import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { ms } from '../format';
import { writeSection } from '../section';
import { type AlertFigures, measureAlerts } from './measure';

const aimMs = 5_000;

/** `npm run bench:alerts [-- --quick]`: breach to delivery; writes its part of docs/performance.md, quick it prints only. */
async function main(): Promise<void> {
  const quick = process.argv.includes('--quick');
  const plan = [
    { alerts: 1, rounds: quick ? 5 : 30 },
    { alerts: 100, rounds: quick ? 2 : 10 },
    { alerts: 1_000, rounds: quick ? 1 : 5 },
  ];
  const figures = await measureAlerts(plan);
  const text = markdown(figures);
  if (!quick) writeSection(join(resolve(__dirname, '..', '..', '..'), 'docs', 'performance.md'), 'bench:alerts', text);
  console.log(text);
  process.exit(figures.some(({ lost, doubled }) => lost + doubled > 0) ? 1 : 0);
}

function markdown(figures: readonly AlertFigures[]): string {
  const rows = figures.map(
    ({ alerts, rounds, latency, longest, lost, doubled }) =>
      `| ${alerts} | ${rounds} | ${ms(latency.p50)} | ${ms(latency.p95)} | ${ms(latency.p99)}${latency.p99 <= aimMs ? '' : ' **over the aim**'} | ${ms(longest)} | ${lost} | ${doubled} |`,
  );
  return `## Alerts: from the breach to the receiver

Every alert is a group of its own, so as many messages as alerts: a webhook on the same machine takes each. One worker
process, Temporal's dev server in memory, the embedded database, ${availableParallelism()} cores for all of them. A second of each time is
\`group_wait\`, in which alerts that come together are gathered. Required: 30 s; aim: p99 under ${ms(aimMs)}.

| alerts at once | rounds | p50 | p95 | p99 | longest | lost | told twice |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

void main();
