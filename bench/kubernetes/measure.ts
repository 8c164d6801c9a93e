import { setTimeout as sleep } from 'node:timers/promises';
import { deploymentOf } from '../../src/activities/deploy/kubernetes/names';
import { Phase } from '../../src/contracts/phases';
import { mib, ms, round } from '../format';
import { type Latency, latencyOf } from '../statistics';
import { appNames, canarySteps, documentNamespace, firstSteps } from './apps';
import { type BareFigures, measureBareLoop } from './bare-loop';
import { type Delivered, deliver, openDeployments, packAll } from './deliver';
import { findLost } from './inspect';
import { type KubernetesRig, startKubernetesRig } from './rig';
import { watchTraffic } from './traffic';

export interface KubernetesFigures {
  readonly deployments: number;
  /** Nothing goes wrong. */
  readonly calm: Delivered;
  readonly killed: Delivered;
  /** Deployments that were under way when the worker was killed. */
  readonly openWhenKilled: readonly number[];
  readonly breached: BreachFigures;
  readonly bare: BareFigures;
  /** What was not as it must be, in any round. */
  readonly lost: readonly string[];
}

export interface BreachFigures {
  readonly breaches: number;
  /** From the breach to the last endpoint of the faulty release gone from its Service, as the cluster shows it. */
  readonly back: Latency;
  /** From the breach to what the run says. */
  readonly told: Latency;
}

/** One in so many releases is faulty. */
const faultyEvery = 4;

export async function measureKubernetes(deployments: number, say: (what: string) => void): Promise<KubernetesFigures> {
  const rig = await startKubernetesRig(deployments);
  try {
    const apps = appNames(deployments);
    say(`${deployments} first releases`);
    const first = await deliver(rig, await packAll(rig, apps, '1.0.0', () => firstSteps));
    const lost = [...(await check(rig, first, '1.0.0'))];

    say(`${deployments} canaries`);
    const calm = await deliver(rig, await packAll(rig, apps, '1.1.0', () => canarySteps(false)));
    lost.push(...(await check(rig, calm, '1.1.0')));
    say(`  ${inWords(calm)}`);

    say(`${deployments} canaries, every ${faultyEvery}th of them faulty`);
    const breached = await breachSome(rig, apps, lost);
    say(`  traffic back: p50 ${ms(breached.back.p50)}, p95 ${ms(breached.back.p95)}`);

    say(`${deployments} canaries, the worker killed twice`);
    const openWhenKilled: number[] = [];
    const deliveries = await packAll(rig, apps, '1.3.0', () => canarySteps(false));
    const killed = await deliver(rig, deliveries, async () => {
      for (let time = 0; time < 2; time += 1) {
        await sleep((calm.seconds * 1000) / 3);
        openWhenKilled.push(await openDeployments(rig));
        await rig.worker.kill();
        await rig.worker.start();
      }
    });
    lost.push(...(await check(rig, killed, '1.3.0')));
    say(`  ${inWords(killed)}; lost so far: ${lost.length}`);

    say(`${deployments} canaries by a bare loop`);
    const bare = await measureBareLoop(rig, apps, breached.breaches);
    return { deployments, calm, killed, openWhenKilled, breached, bare, lost };
  } finally {
    await rig.stop();
  }
}

/** A run takes long: what is known of it already is worth having should it be ended. */
function inWords({ deliveries, seconds, apiServer, usage }: Delivered): string {
  const requests = (usage.requests / deliveries.length).toFixed(1);
  return `${round(seconds)} s, ${requests} requests each, worker ${round(usage.cpuSeconds)} s and ${mib(usage.peakRssBytes)}, API server ${round(apiServer.cpuSeconds)} s`;
}

function check({ cluster }: KubernetesRig, { results }: Delivered, release: string): Promise<readonly string[]> {
  const expected = [...results.keys()].map((app) => ({ app, release, phase: Phase.succeeded }));
  return findLost(cluster, expected, results);
}

async function breachSome(rig: KubernetesRig, apps: readonly string[], lost: string[]): Promise<BreachFigures> {
  const isFaulty = (index: number) => index % faultyEvery === 0;
  const [before, release] = ['1.1.0', '1.2.0'];
  const deliveries = await packAll(rig, apps, release, (index) => canarySteps(isFaulty(index)));
  const watch = await watchTraffic(rig.cluster.kubeconfig, documentNamespace);
  try {
    const { results } = await deliver(rig, deliveries);
    const expected = apps.map((app, index) =>
      isFaulty(index) ? { app, release: before, phase: Phase.rolledBack } : { app, release, phase: Phase.succeeded },
    );
    lost.push(...(await findLost(rig.cluster, expected, results)));
    const faulty = apps.filter((_, index) => isFaulty(index));
    const times = faulty.map((app) => {
      const { breachedAt, trafficBackAt } = results.get(app) ?? {};
      const goneAt = watch.goneAt(app, `${deploymentOf(app, release)}-`);
      const since = Date.parse(breachedAt ?? '');
      return { back: (goneAt ?? Number.NaN) - since, told: Date.parse(trafficBackAt ?? '') - since };
    });
    return {
      breaches: faulty.length,
      back: latencyOf(times.map(({ back }) => back)),
      told: latencyOf(times.map(({ told }) => told)),
    };
  } finally {
    await watch.stop();
  }
}
