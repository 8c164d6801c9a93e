import { createDecisionSigner, ProductionClient } from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import {
  type AlertBatch,
  type AlertFact,
  acknowledgeUpdate,
  alertsSignal,
  silenceUpdate,
} from '../../src/contracts/alerting';
import { failure } from '../../src/contracts/errors';
import {
  alertingWorkflowId,
  deployEventsWorkflowId,
  driftWorkflowId,
  guardianWorkflowId,
  previewWorkflowId,
  rollbackWorkflowId,
} from '../../src/contracts/ids';
import { freezeUpdate, unfreezeUpdate } from '../../src/contracts/messages';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { DeploymentStep } from '../../src/definition/release-plan';
import type { alerting } from '../../src/workflows';
import { config, fact, route } from '../analytics/alerting/support';
import { type Harness, refusalOf } from '../workflows/harness';
import {
  analysisPlan,
  author,
  bob,
  channels,
  cleo,
  examplePlan,
  gatePlan,
  regionsPlan,
  rolling,
  simplePlan,
  wave,
} from '../workflows/plans';
import { endOf, failed, Hold, passed } from '../workflows/world';

/**
 * One main path of the workflows: `run` goes through it and answers which workflows to keep, by the workflow's name (the
 * case is added), or by the whole name of the file.
 */
export interface ReplayCase {
  readonly name: string;
  run(harness: Harness): Promise<Readonly<Record<string, string>>>;
}

const canary: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 5 },
  { kind: 'analyze', analysis: analysisPlan({ name: 'first_look' }) },
  { kind: 'pause', durationSeconds: 60 },
  { kind: 'weight', weight: 50 },
  { kind: 'approve', gate: gatePlan({ name: 'go_full' }) },
  { kind: 'prepare', replicas: 2, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'promote' },
  { kind: 'retire', afterSeconds: 60 },
];

const openPause: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'pause', durationSeconds: null },
  { kind: 'promote' },
];

export const replayCases: readonly ReplayCase[] = [
  {
    name: 'signed',
    async run(harness) {
      const privateKey = newSigningKey();
      const { keyId, publicKey } = createDecisionSigner({ privateKey });
      const signing = { unsignedApprovals: false, keys: [{ id: keyId, publicKey, people: null }] };
      const id = await harness.start({ ...simplePlan('1.0.0', { gates: [gatePlan()] }), signing });
      const { awaiting } = await harness.untilPhase(id, 'awaiting_approval');
      await refusalOf(harness.approve(id));
      const time = await harness.environment.currentTimeMs();
      const signer = createDecisionSigner({ privateKey, now: () => new Date(time) });
      const { gate, subject, askedAt } = awaiting[0]!;
      const decision = {
        stage: 'production',
        verdict: 'approve',
        gate,
        subject,
        askedAt,
        by: bob,
        reason: '',
      } as const;
      const sign = signer.as({ iss: 'https://id.example.com', sub: '1', name: 'bob' });
      await harness.approve(id, await sign('decide', id, decision));
      await harness.result(id);
      return { pipeline: id };
    },
  },
  {
    name: 'good',
    async run(harness) {
      const id = await harness.start(examplePlan('1.0.0'));
      await harness.untilPhase(id, 'awaiting_approval');
      await harness.approve(id, { stage: 'deploy_production' });
      await harness.result(id);
      return { pipeline: id, deployment: harness.deployment('1.0.0') };
    },
  },
  {
    name: 'rollback',
    async run(harness) {
      await harness.run(simplePlan('1.0.0'));
      harness.world.analyze = async () => failed();
      const id = await harness.start({ ...simplePlan('1.1.0'), channels });
      await harness.result(id);
      return { pipeline: id, deployment: harness.deployment('1.1.0') };
    },
  },
  {
    name: 'approval',
    async run(harness) {
      const gate = gatePlan({ quorum: 2, remindEverySeconds: 7200, escalateTo: ['dora'], expiresInSeconds: 36_000 });
      const id = await harness.start({ ...simplePlan('1.0.0', { gates: [gate] }), channels });
      await harness.untilPhase(id, 'awaiting_approval');
      await harness.pass(6 * 3600);
      await harness.approve(id, { by: author }).catch(() => undefined);
      await harness.approve(id, { by: bob });
      await harness.approve(id, { by: cleo });
      await harness.result(id);
      return { pipeline: id };
    },
  },
  {
    name: 'expired',
    async run(harness) {
      const id = await harness.start(simplePlan('1.0.0', { gates: [gatePlan()] }));
      await harness.result(id);
      return { pipeline: id };
    },
  },
  {
    name: 'abort',
    async run(harness) {
      await harness.run(simplePlan('1.0.0'));
      const id = await harness.start(simplePlan('1.1.0', {}, { steps: openPause }));
      await harness.untilPhase(id, 'paused');
      await harness.command(id, 'pause');
      await harness.command(id, 'abort');
      await harness.result(id);
      return { pipeline: id, deployment: harness.deployment('1.1.0') };
    },
  },
  {
    name: 'taken-back',
    async run(harness) {
      const both = (release: string) => {
        const { stages, ...rest } = examplePlan(release);
        return { ...rest, stages: stages.map((stage) => ({ ...stage, gates: [] })) };
      };
      await harness.run(both('1.0.0'));
      const hold = new Hold<ReturnType<typeof passed>>();
      harness.world.analyze = async ({ target }) => (target.environment === 'production' ? hold.wait() : passed());
      const id = await harness.start(both('1.1.0'));
      await hold.reached;
      await harness.command(id, 'rollback');
      await harness.result(id);
      return { pipeline: id, deployment: harness.deployment('1.1.0', 'staging') };
    },
  },
  {
    name: 'queue',
    async run(harness) {
      const first = await harness.start(simplePlan('1.0.0', {}, { steps: openPause }));
      await harness.untilPhase(first, 'paused');
      const second = await harness.start(simplePlan('1.1.0', {}, { concurrency: 'supersede' }));
      await harness.until(async () => {
        if ((await harness.environmentStatus()).waiting.length !== 1) throw new Error('nothing waits');
      });
      await harness.pass(120);
      const third = await harness.start(simplePlan('1.2.0', {}, { concurrency: 'supersede' }));
      await harness.result(second);
      const keeper = harness.keeper();
      await keeper.executeUpdate(freezeUpdate, { args: [{ id: 'f', by: bob, reason: 'sale', until: null }] });
      await harness.command(first, 'resume');
      await harness.result(first);
      await keeper.executeUpdate(unfreezeUpdate, { args: [{ id: 'f', by: bob, reason: 'over' }] });
      await harness.result(third);
      return { environment: keeper.workflowId, deployment: harness.deployment('1.2.0'), pipeline: second };
    },
  },
  {
    name: 'canary',
    async run(harness) {
      await harness.run(simplePlan('1.0.0'));
      const id = await harness.start(simplePlan('1.1.0', {}, { steps: canary }));
      await harness.until(() => {
        if (!harness.world.cluster.calls.includes('production: weight 1.1.0 5')) throw new Error('no traffic yet');
      });
      await harness.pass(61);
      await harness.untilPhase(id, 'awaiting_approval');
      await harness.approve(harness.deployment('1.1.0'));
      await harness.result(id);
      return { pipeline: id, deployment: harness.deployment('1.1.0') };
    },
  },
  {
    name: 'regression',
    async run(harness) {
      const name = { namespace: harness.namespace, app: 'shop', environment: 'production' };
      const holds = { '1.0.0': new Hold<ReturnType<typeof passed>>(), '1.1.0': new Hold<ReturnType<typeof passed>>() };
      harness.world.analyze = ({ target }) => holds[target.release as keyof typeof holds].wait();
      for (const release of ['1.0.0', '1.1.0'] as const) {
        const guardian = analysisPlan({ name: 'guardian' });
        await harness.run({ ...simplePlan(release, {}, { steps: rolling, guardian }), channels });
        await holds[release].reached;
      }
      const regressed = guardianWorkflowId({ ...name, release: '1.1.0' });
      const dismissed = guardianWorkflowId({ ...name, release: '1.0.0' });
      holds['1.1.0'].open(failed('error_rate was 9%'));
      await endOf(harness.environment, dismissed);
      await endOf(harness.environment, regressed);
      return {
        guardian: regressed,
        'guardian-dismissed': dismissed,
        deployment: rollbackWorkflowId({ ...name, release: '1.1.0' }),
        environment: harness.keeper().workflowId,
      };
    },
  },
  {
    name: 'regions',
    async run(harness) {
      await harness.run(regionsPlan('1.0.0'));
      const soak = { kind: 'analyze', analysis: analysisPlan({ name: 'soak' }) } as const;
      const waves = [wave(['eu-west'], { soak }), wave(['us-east', 'ap-south'], { maxParallel: 2 })];
      const unreachable = { policy: 'skip', afterSeconds: 1 } as const;
      const asking = [...canary.slice(0, 2), ...canary.slice(5, -1)];
      harness.world.cluster.faults.set('us-east: describe', () => Promise.reject(failure('Unavailable', 'no route')));
      const guardian = analysisPlan({ name: 'guardian' });
      const id = await harness.start(regionsPlan('1.1.0', { waves, unreachable, guardian, steps: asking }));
      for (const first of ['eu-west', 'ap-south']) {
        await harness.until(() => {
          if (!harness.world.cluster.calls.includes(`${first}: weight 1.1.0 5`)) throw new Error('no traffic yet');
        });
        await harness.untilPhase(id, 'awaiting_approval');
        await harness.approve(harness.deployment('1.1.0'));
      }
      await harness.result(id);
      const guard = { namespace: harness.namespace, app: 'shop', environment: 'production', release: '1.1.0' };
      await endOf(harness.environment, guardianWorkflowId(guard));
      return {
        deployment: harness.deployment('1.1.0'),
        environment: harness.keeper().workflowId,
        guardian: guardianWorkflowId(guard),
      };
    },
  },
  {
    name: 'regions-back',
    async run(harness) {
      await harness.run(regionsPlan('1.0.0'));
      harness.world.analyze = async ({ target }) => (target.region === 'us-east' ? failed() : passed());
      await harness.run(regionsPlan('1.1.0'));
      return { deployment: harness.deployment('1.1.0') };
    },
  },
  {
    name: 'cluster',
    async run(harness) {
      const { namespace, environment } = harness;
      const cluster = { name: 'prod', type: 'kubernetes', settings: {} } as const;
      const plan = { ...simplePlan('1.0.0', {}, { cluster }), namespace };
      const client = new ProductionClient({ client: environment.client });
      await client.preview(plan);
      await harness.run(plan);
      const ref = { namespace, environment: 'production' };
      await client.drift({ ...ref, heal: true, by: bob, reason: 'because' });
      return { preview: previewWorkflowId(plan), drift: driftWorkflowId({ ...ref, heal: true }) };
    },
  },
  {
    name: 'graphs',
    async run(harness) {
      const graphs = {
        name: 'graphs',
        type: 'grafana',
        url: 'x',
        to: [],
        from: null,
        secret: 'secret://env/X',
      } as const;
      let isAway = true;
      harness.world.notify = async () => {
        if (isAway) throw failure('Unavailable', 'no route');
      };
      await harness.run({ ...simplePlan('1.0.0'), channels: [...channels, graphs] });
      const deployment = harness.deployment('1.0.0');
      const { runId: run } = await harness.handle(deployment).describe();
      const { namespace } = harness;
      const name = { namespace, app: 'shop', environment: 'production', release: '1.0.0', run };
      const deployEvents = deployEventsWorkflowId(name);
      harness.keep(deployEvents);
      isAway = false;
      await endOf(harness.environment, deployEvents);
      return { deployment, deployEvents };
    },
  },
  {
    name: 'storm',
    async run(harness) {
      const { environment, namespace } = harness;
      const workflowId = alertingWorkflowId({ namespace });
      const at = new Date(await environment.currentTimeMs()).toISOString();
      const escalate = [{ afterSeconds: 300, channels: ['spare'] }];
      const given = config([route({ escalate, repeatEverySeconds: 900 })]);
      const tell = (facts: readonly AlertFact[]) =>
        environment.client.workflow.signalWithStart<typeof alerting, [AlertBatch]>('alerting', {
          workflowId,
          taskQueue: TaskQueue.orchestrate,
          args: [{ namespace }],
          signal: alertsSignal,
          signalArgs: [{ config: given, facts }],
        });
      const apps = ['a', 'b', 'c'].map((app) => fact({ at, labels: { namespace, environment: 'production', app } }));
      await tell(apps);
      harness.keep(workflowId);
      await harness.pass(5);
      await harness.pass(400);
      const handle = harness.handle(workflowId);
      const [first] = apps;
      const acknowledgement = { fingerprint: first?.fingerprint ?? '', by: bob, reason: 'on it' };
      await handle.executeUpdate(acknowledgeUpdate, { args: [acknowledgement] });
      const until = new Date(Date.parse(at) + 7_200_000).toISOString();
      const silence = { matchers: { app: 'c' }, reason: 'known', until };
      await handle.executeUpdate(silenceUpdate, { args: [{ silence, by: bob }] });
      await harness.pass(1_000);
      await tell(apps.map((one) => ({ ...one, state: 'resolved' as const })));
      await harness.pass(60);
      await harness.until(() => {
        if (!harness.world.alertMessages.some(({ kind }) => kind === 'resolved')) throw new Error('not over yet');
      });
      return { alerting: workflowId };
    },
  },
];
