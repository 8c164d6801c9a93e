import { availableParallelism, totalmem } from 'node:os';
import { mib, ms, type Row, round, table } from '../format';
import { byVerb, ofDeployer, sumOf } from './api-server';
import { replicas } from './apps';
import type { KubernetesFigures } from './measure';

const maxRequests = 25;
const maxBackMs = 2_000;

function rowsOf(figures: KubernetesFigures): readonly Row[] {
  const { deployments, calm, killed, openWhenKilled, breached, bare, lost } = figures;
  const told = calm.usage.requests / deployments;
  const counted = sumOf(ofDeployer(calm.apiServer)) / deployments;
  const clusterWide = sumOf(calm.apiServer.requests) / deployments;
  const bareWide = sumOf(bare.apiServer.requests) / deployments;
  return [
    {
      what: `${deployments} canaries at once, until all have ended`,
      figure: `${round(calm.seconds)} s, ${round(deployments / calm.seconds)} a second`,
      beside: `bare ${round(bare.settledSeconds)} s until its pods are as asked for (${round(bare.seconds)} s until the last answer)`,
      aim: '',
      met: null,
      wall: 'the cores: API server, controllers, Temporal and worker share them',
    },
    {
      what: `requests to the API server, a deployment of ${deployments}`,
      figure: `${told.toFixed(1)} sent by the target; ${counted.toFixed(1)} counted by the server`,
      beside: `bare ${(bare.requests / deployments).toFixed(1)}; of everybody, controllers included: ${round(clusterWide)}, bare ${round(bareWide)}`,
      aim: `at most ${maxRequests}`,
      met: Math.max(told, counted) <= maxRequests,
      wall: 'counted, not timed',
    },
    {
      what: `processor time, ${deployments} canaries`,
      figure: `worker ${round(calm.usage.cpuSeconds)} s, API server ${round(calm.apiServer.cpuSeconds)} s`,
      beside: `bare loop ${round(bare.cpuSeconds)} s, API server ${round(bare.apiServer.cpuSeconds)} s`,
      aim: 'bound by the API server, not by the worker',
      met: calm.apiServer.cpuSeconds > calm.usage.cpuSeconds,
      wall: 'of the worker: workflow code, activities, audit log and watches',
    },
    {
      what: `peak memory of the worker, ${deployments} canaries`,
      figure: `${mib(calm.usage.peakRssBytes)}, embedded database included`,
      beside: '',
      aim: '',
      met: null,
      wall: 'the cache of open workflows, and the watched objects',
    },
    {
      what: `breach to traffic back, ${breached.breaches} of ${deployments} at once faulty`,
      figure: `p50 ${ms(breached.back.p50)}, p95 ${ms(breached.back.p95)} as the endpoints show it; p50 ${ms(breached.told.p50)} as the run says`,
      beside: `bare, ${breached.breaches} Services switched at once and nothing else: p50 ${ms(bare.switched.p50)}, p95 ${ms(bare.switched.p95)}`,
      aim: `median under ${maxBackMs / 1000} s with 200 at once`,
      met: deployments === 200 ? breached.back.p50 < maxBackMs : null,
      wall: 'the queue of steps of all the others, and the replicas of the stable release that start again',
    },
    {
      what: `${deployments} canaries, the worker killed twice (${openWhenKilled.join(' and ')} under way)`,
      figure: `${lost.length} lost; ${round(killed.seconds)} s`,
      beside: `${round(calm.seconds)} s when it is not killed`,
      aim: 'none lost',
      met: lost.length === 0 && openWhenKilled.every((open) => open > 0),
      wall: 'heartbeats: a dead step is noticed after 30 s',
    },
  ];
}

export function kubernetesMarkdown(all: readonly KubernetesFigures[]): string {
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `## Deployments to Kubernetes

Written by \`npm run bench:kubernetes\`. Everything ran on one machine (${cores} cores, ${memory} GiB, Node ${process.versions.node}): a Kubernetes control plane
whose pods are ready at once (kwok), Temporal's dev server with its state in memory, one worker, and the client. Each
deployment is a canary of five steps with an analysis at each and ${replicas} replicas, through the real workflows and the real target, in one
namespace; only the analysis answers at once. Each figure stands beside a limit of the same run: a bare loop that writes
the objects of the same canaries to the API server, decides nothing and waits for nothing (\`bench/kubernetes/bare-loop.ts\`).

${table(all.flatMap(rowsOf))}

"Counted by the server" is its own \`apiserver_request_total\`: what is read, applied, patched or deleted of Deployments and
Services, which nobody else in the cluster does. All requests of a deployment, of everybody, by verb:

${all.map(verbsOf).join('\n')}

"Lost" is what is not as it must be at the end of any round, read from the cluster: a deployment that did not end as it should, a
Service that serves another release, pods that are missing, a Deployment left over.
${all.flatMap(lostOf).join('\n')}`;
}

function verbsOf({ deployments, calm }: KubernetesFigures): string {
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([key, count]) => `${key} ${(count / deployments).toFixed(1)}`)
      .join(', ');
  return `- ${deployments} at once: ${list(byVerb(calm.apiServer))}; of these ours: ${list(ofDeployer(calm.apiServer))}`;
}

function lostOf({ deployments, lost }: KubernetesFigures): readonly string[] {
  return lost.slice(0, 10).map((fault) => `- of ${deployments}: ${fault}`);
}
