import { join, resolve } from 'node:path';
import { writeSection } from '../section';
import { type KubernetesFigures, measureKubernetes } from './measure';
import { kubernetesMarkdown } from './report';

/**
 * `npm run bench:kubernetes [-- --quick] [-- --deployments 200,1000]`: measures deployments to a cluster and writes its
 * part of docs/performance.md; quick, it prints only.
 */
async function main(): Promise<void> {
  const quick = process.argv.includes('--quick');
  const given = process.argv[process.argv.indexOf('--deployments') + 1];
  const sizes =
    process.argv.includes('--deployments') && given ? given.split(',').map(Number) : quick ? [20] : [200, 1_000];
  const figures: KubernetesFigures[] = [];
  for (const deployments of sizes) {
    figures.push(await measureKubernetes(deployments, (what) => console.error(`== ${what}`)));
    const text = kubernetesMarkdown(figures);
    // After each size, because the next one takes a long time and this one is worth having.
    if (!quick)
      writeSection(join(resolve(__dirname, '..', '..', '..'), 'docs', 'performance.md'), 'bench:kubernetes', text);
    console.log(text);
  }
  process.exit(figures.some(({ lost }) => lost.length > 0) ? 1 : 0);
}

void main();
