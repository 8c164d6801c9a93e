import fc from 'fast-check';
import { loadDocuments, planRelease } from '../../src/definition';
import type { ReleasePlan, StagePlan } from '../../src/definition/release-plan';
import { build, lastDeployment, load, plan, platformText, readExample, request, workflowText } from './support';

const deploy = '- { name: deploy, environment: staging }\n- { name: live, environment: production }\n';

function example(timeScale = 1): ReleasePlan {
  const { documents } = loadDocuments([
    readExample('enterprise-deployment-pipeline.yaml'),
    readExample('shop/f0.app.yaml'),
  ]);
  const [workflow, app] = documents;
  if (workflow?.kind !== 'ProductionWorkflow' || app?.kind !== 'App') throw new Error('the examples are not there');
  const result = planRelease({
    workflow,
    app,
    platform: null,
    source: '/src',
    release: '1.0.0',
    inputs: {},
    timeScale,
  });
  expect(result).toMatchObject({ errors: [], warnings: [] });
  return result.plan as ReleasePlan;
}

function stageOf({ stages }: ReleasePlan, name: string): StagePlan {
  const stage = stages.find((one) => one.name === name);
  if (!stage) throw new Error(`there is no stage ${name}`);
  return stage;
}

function kindsOf(stage: StagePlan): readonly string[] {
  return stage.deployment?.steps.map(({ kind }) => kind) ?? [];
}

describe('the plan of the example', () => {
  it('builds and tests first, with the commands of the app', () => {
    const stage = stageOf(example(), 'build_and_test');

    expect(stage.build).toMatchObject({ provider: 'exercise8', action: 'container-build' });
    expect(stage.commands.map(({ name, command }) => [name, command])).toEqual([
      ['unit_tests', 'node --test test/unit.test.js'],
      ['integration_tests', 'node --test test/integration.test.js'],
      ['security_scans', 'node scripts/security-scan.js'],
    ]);
  });

  it('goes through the environments in order, and asks once before production', () => {
    const { stages } = example();

    expect(stages.map(({ name, requires }) => [name, ...requires])).toEqual([
      ['build_and_test'],
      ['deploy_development', 'build_and_test'],
      ['deploy_staging', 'deploy_development'],
      ['deploy_production', 'deploy_staging'],
    ]);
    expect(stages.map(({ gates }) => gates.length)).toEqual([0, 0, 0, 1]);
    expect(stages.at(-1)?.gates[0]).toEqual({
      name: 'manual_approval',
      approvers: [],
      roles: [],
      quorum: 1,
      expiresInSeconds: 86_400,
      remindEverySeconds: null,
      escalateTo: [],
      allowAuthor: false,
    });
  });

  it('watches development after it is live, and holds nothing up for alerts', () => {
    const stage = stageOf(example(), 'deploy_development');

    expect(kindsOf(stage)).toEqual(['prepare', 'promote']);
    expect(stage.deployment?.guardian).toMatchObject({ durationSeconds: 86_400, triggers: [] });
    expect(stage.deployment?.guardian?.alerts.map(({ metric }) => metric)).toEqual(['error_rate', 'latency_p95']);
  });

  it('soaks in staging before it promotes', () => {
    const stage = stageOf(example(), 'deploy_staging');

    expect(kindsOf(stage)).toEqual(['prepare', 'analyze', 'promote']);
    expect(stage.deployment?.guardian).toBeNull();
    expect(stage.deployment?.steps[1]).toMatchObject({
      analysis: { name: 'validation', durationSeconds: 1800, intervalSeconds: 5, windowSeconds: 60, minRequests: 20 },
    });
  });

  it('switches production, judges it by triggers and by the release before, and keeps that one for a while', () => {
    const stage = stageOf(example(), 'deploy_production');

    expect(kindsOf(stage)).toEqual(['prepare', 'weight', 'analyze', 'promote', 'retire']);
    expect(stage.deployment?.steps[2]).toMatchObject({
      analysis: {
        durationSeconds: 600,
        triggers: [
          { kind: 'condition', condition: { metric: 'error_rate', op: '>', value: 0.02 } },
          { kind: 'condition', condition: { metric: 'latency_p95', op: '>', value: 1.5 } },
          { kind: 'event', name: 'exercise7_anomaly_detected' },
        ],
        judge: {
          threshold: 0.95,
          minPoints: 50,
          metrics: [
            { metric: 'error_rate', direction: 'increase', minRelativeEffect: 0.25, minAbsoluteEffect: 0.01 },
            { metric: 'latency_p95', direction: 'increase', minRelativeEffect: 0.25, minAbsoluteEffect: 0.05 },
          ],
        },
      },
    });
    expect(stage.deployment?.steps.at(-1)).toEqual({ kind: 'retire', afterSeconds: 300 });
  });

  it('fits into a demonstration when scaled, with windows that can still be measured', () => {
    const fast = example(0.005);
    const analysis = stageOf(fast, 'deploy_production').deployment?.steps.find(
      (step) => step.kind === 'analyze',
    )?.analysis;

    // 60 samples for the judge, where 600 s times 0.005 would leave 30 of them.
    expect(analysis).toMatchObject({ durationSeconds: 6, intervalSeconds: 0.1, windowSeconds: 2.5 });
    expect(stageOf(fast, 'deploy_production').gates[0]?.expiresInSeconds).toBe(432);
    expect(stageOf(fast, 'deploy_production').deployment?.progressDeadlineSeconds).toBe(30);
    expect(stageOf(fast, 'build_and_test').timeoutSeconds).toBe(3600);
  });
});

describe('planRelease', () => {
  it('gives the same plan to the byte, whenever it is made and however the document is laid out', () => {
    const text = workflowText(`${build}- { name: deploy, environment: staging, retries: 2 }\n`);
    const turned = workflowText(
      `- uses: exercise8/container-build\n  name: build\n- { retries: 2, environment: staging, name: deploy }\n`,
    );

    const plans = [plan(text), plan(text), plan(turned)];

    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(1);
    expect(plans[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives another hash for another release, input or content', () => {
    const spec = 'inputs: { region: { default: eu } }';
    const text = workflowText(build + deploy, { spec });
    const plans = [
      plan(text),
      plan(text, { release: '1.0.1' }),
      plan(text, { inputs: { region: 'us' } }),
      plan(text, { timeScale: 0.5 }),
      plan(workflowText(`${build}- { name: deploy, environment: staging, retries: 1 }\n`, { spec })),
    ];

    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(plans.length);
  });

  it('keeps any order of keys out of the hash', () => {
    const keys = [
      'name: deploy',
      'environment: staging',
      'retries: 1',
      'timeout: 5m',
      'allow_failure: true',
      'env: { A: b }',
    ];
    const first = plan(workflowText(`${build}- { ${keys.join(', ')} }\n`)).hash;
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), (order) => {
        expect(plan(workflowText(`${build}- { ${order.join(', ')} }\n`)).hash).toBe(first);
      }),
      { numRuns: 20 },
    );
  });

  it('puts every stage after what it requires, whatever the order of the list', () => {
    // Stage i may require any stages with a smaller number, so that there is no cycle; then the list is shuffled.
    const graphs = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          fc.tuple(...Array.from({ length: size }, (_, index) => fc.subarray([...Array(index).keys()]))),
          fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
        ),
      );
    fc.assert(
      fc.property(graphs, ([requirements, order]) => {
        const stages = order.map(
          (index) =>
            `- { name: s${index}, run: x, requires: [${(requirements[index] ?? []).map((one) => `s${one}`)}] }\n`,
        );
        const { stages: planned } = plan(workflowText(stages.join('')));
        const places = new Map(planned.map(({ name }, place) => [name, place]));

        expect(planned).toHaveLength(stages.length);
        for (const { name, requires } of planned) {
          for (const before of requires) expect(places.get(before)).toBeLessThan(places.get(name) ?? -1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('lets a stage without requires follow the one before, and an empty list start at once', () => {
    const { stages } = plan(
      workflowText(
        `${build}- { name: a, run: x }\n- { name: b, run: x, requires: [] }\n- { name: c, run: x, requires: [manual_approval] }\n`,
      ),
    );

    const requires = Object.fromEntries(stages.map((stage) => [stage.name, stage.requires]));
    expect(requires).toEqual({ build: [], a: ['build'], b: [], c: ['b'] });
    expect(stages.find(({ name }) => name === 'c')?.gates).toHaveLength(1);
  });

  it('means the same by the fields of the older form', () => {
    const older = workflowText(
      `${build}- { name: check, stage_type: test, depends_on: [build], command: make check, container_image: node:20, environment_variables: { CI: true }, timeout_seconds: 90, allow_failure: true }\n`,
    );
    const newer = workflowText(
      `${build}- { name: check, requires: [build], run: make check, image: "node:20", env: { CI: true }, timeout: 90s, allow_failure: true }\n`,
    );

    expect(plan(older).stages).toEqual(plan(newer).stages);
    expect(plan(older).stages[1]?.commands[0]).toMatchObject({
      command: 'make check',
      env: { CI: 'true' },
      image: 'node:20',
    });
  });

  it('asks once, however many say that it should', () => {
    const environments =
      'staging: { cluster: a, auto_promote: false }\nproduction: { cluster: b, approval_required: true, approval: { quorum: 2 } }';
    const stages = `${build}- { name: deploy, environment: staging }\n- { name: live, environment: production, requires: [deploy, manual_approval], approval: { approvers: [bob, carol] } }\n`;

    const { gates } = plan(workflowText(stages, { environments })).stages.at(-1) as StagePlan;

    expect(gates).toMatchObject([{ name: 'manual_approval', quorum: 2, approvers: ['bob', 'carol'] }]);
  });

  it('asks before what comes after an environment that does not promote by itself', () => {
    const gatesAfter = (autoPromote: string) =>
      plan(
        workflowText(build + deploy, {
          environments: `staging: { cluster: a${autoPromote} }\nproduction: { cluster: b }`,
        }),
      ).stages.map(({ gates }) => gates.length);

    expect(gatesAfter(', auto_promote: false')).toEqual([0, 0, 1]);
    expect(gatesAfter(', auto_promote: true')).toEqual([0, 0, 0]);
    expect(gatesAfter('')).toEqual([0, 0, 0]);
  });

  it('skips a stage whose expression is false for this release', () => {
    const stages = `${build}- { name: eu, run: x, when: inputs.region == "eu" && inputs.replicas > 2 }\n`;
    const text = workflowText(stages, { spec: 'inputs: { region: {}, replicas: { type: number, default: 3 } }' });

    expect(plan(text, { inputs: { region: 'eu' } }).stages[1]?.skip).toBeNull();
    expect(plan(text, { inputs: { region: 'eu', replicas: '2' } }).stages[1]?.skip).toContain('is false');
  });

  it('resolves names by the platform: clusters with settings, sources, people, channels and freezes', () => {
    const platform =
      platformText(`metric_sources: { prom: { type: prometheus, url: "http://prom:9090", secret: secret://env/TOKEN } }
channels: { ops: { type: webhook, url: "https://ops.example.org" } }
identity: { users: { bob: { roles: [manager] } } }
freezes: [{ name: f, reason: r, start: "2026-01-01T00:00:00Z", duration: 1d }]
time_scale: 0.5`);
    const environments = 'staging: { cluster: a, monitoring: prom, progress_deadline: 20m }';

    const result = plan(workflowText(`${build}- { name: deploy, environment: staging }\n`, { environments }), {
      platformText: platform,
    });

    expect(result).toMatchObject({
      timeScale: 0.5,
      directory: { users: { bob: ['manager'] } },
      channels: [{ name: 'ops', type: 'webhook', url: 'https://ops.example.org', secret: null }],
    });
    expect(lastDeployment(result)).toMatchObject({
      cluster: { name: 'a', type: 'local', settings: {} },
      metricSource: { name: 'prom', type: 'prometheus', url: 'http://prom:9090', secret: 'secret://env/TOKEN' },
      freezes: [{ name: 'f', durationSeconds: 86_400, rrule: null }],
      progressDeadlineSeconds: 600,
      replicas: 4,
    });
  });

  it('warns where unsigned approvals count beyond this machine, until the platform says so', () => {
    const workflow = workflowText(
      `${build}- { name: deploy, environment: production, requires: [manual_approval] }\n`,
      {
        environments: 'production: { cluster: b }',
      },
    );
    const app = load(
      'App',
      'apiVersion: framework0.io/v1\nkind: App\nmetadata: { name: shop }\nspec:\n  start: node .\n  kubernetes: { manifests: k8s, image: registry.example.com/shop }\n',
    );
    const warnings = (type: string, identity: string) => {
      const head = 'apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: p }\nspec:\n';
      const text = `${head}  clusters: { b: { type: ${type} } }\n${identity}`;
      return planRelease({ ...request(workflow), app, platform: load('ProductionPlatform', text) }).warnings;
    };

    expect(warnings('kubernetes', '')).toMatchObject([
      { path: 'spec.pipeline_stages[1].name', message: expect.stringContaining('unsigned approvals count here') },
    ]);
    expect(warnings('kubernetes', '  identity: { unsigned_approvals: true }')).toEqual([]);
    expect(warnings('local', '')).toEqual([]);
  });

  it('holds the keys that decisions are signed with, and nothing of them where there are none', () => {
    const text = workflowText(build);
    const key = Buffer.alloc(32, 7).toString('base64');
    const keys = `[{ id: console, public_key: "${key}" }, { id: bobs, public_key: "${key}", people: [bob] }]`;
    const signed = (identity: string) => plan(text, { platformText: platformText(`identity: { ${identity} }`) });

    const must = signed(`unsigned_approvals: false, signing_keys: ${keys}`);

    expect(must.signing).toEqual({
      unsignedApprovals: false,
      keys: [
        { id: 'console', publicKey: key, people: null },
        { id: 'bobs', publicKey: key, people: ['bob'] },
      ],
    });
    expect(must.directory).toBeNull();
    expect(signed(`signing_keys: ${keys}`).signing?.unsignedApprovals).toBe(true);
    expect(signed('unsigned_approvals: true')).not.toHaveProperty('signing');
    // An approval of one is none of the other.
    expect(must.hash).not.toBe(signed(`signing_keys: ${keys}`).hash);
  });

  it.each([
    {
      source: 'type: datadog, secret: secret://env/A, application_secret: secret://env/B',
      expected: {
        type: 'datadog',
        url: null,
        secret: 'secret://env/A',
        datadog: { site: 'datadoghq.com', applicationSecret: 'secret://env/B', operation: 'http.server.request' },
      },
    },
    {
      source:
        'type: datadog, site: datadoghq.eu, operation: web.request, secret: secret://env/A, application_secret: secret://env/B',
      expected: { datadog: { site: 'datadoghq.eu', operation: 'web.request' } },
    },
    {
      source: 'type: new_relic, account: 7, region: eu, secret: secret://env/A',
      expected: { type: 'new_relic', secret: 'secret://env/A', newRelic: { account: 7, region: 'eu' } },
    },
    {
      source: 'type: new_relic, account: 7, secret: secret://env/A',
      expected: { newRelic: { account: 7, region: 'us' } },
    },
  ])('takes the settings of a metric source: $source', ({ source, expected }) => {
    const environments = 'staging: { cluster: a, monitoring: hosted }';
    const result = plan(workflowText(`${build}- { name: deploy, environment: staging }\n`, { environments }), {
      platformText: platformText(`metric_sources: { hosted: { ${source} } }`),
    });

    expect(lastDeployment(result).metricSource).toMatchObject({ name: 'hosted', ...expected });
  });

  it('finds the metric source that an engine is a family of', () => {
    const stages = `${build}- { name: deploy, environment: staging, monitoring: { analytics_engine: exercise7, alerts: [error_rate > 1%] } }\n`;
    const sources = 'metric_sources: { exercise7-analytics: { type: builtin } }';
    const named = 'staging: { cluster: a, monitoring: exercise7-analytics }';

    for (const environments of [named, 'staging: { cluster: a }']) {
      const result = plan(workflowText(stages, { environments }), { platformText: platformText(sources) });
      expect(lastDeployment(result).metricSource.name).toBe('exercise7-analytics');
    }
  });

  describe('refuses', () => {
    const stagesWith = (fields: string) =>
      workflowText(`${build}- { name: deploy, environment: staging, ${fields} }\n`);
    const cases = [
      {
        name: 'a test that the app does not have, with the nearest one',
        text: stagesWith('tests: [unit_test]'),
        error: {
          message: 'the app has no test "unit_test"',
          suggestion: 'unit_tests',
          path: 'spec.pipeline_stages[1].tests[0]',
        },
      },
      {
        name: 'an isolation policy that nobody defines',
        text: stagesWith('isolation: production-strickt'),
        error: { message: 'there is no isolation policy "production-strickt"', suggestion: 'production-strict' },
      },
      {
        name: 'roles where nobody can have one',
        text: stagesWith('requires: [build, manual_approval], approval: { roles: [manager] }'),
        error: { message: 'nobody can have the role "manager": the platform has no identity section' },
      },
      {
        name: 'a metric that nothing measures',
        text: stagesWith('monitoring: { rollback_triggers: [eror_rate > 1%] }'),
        error: { message: 'the built-in analytics does not measure "eror_rate"', suggestion: 'error_rate' },
      },
      {
        name: 'an input that does not exist',
        text: stagesWith(''),
        change: { inputs: { regoin: 'eu' } },
        error: { message: 'there is no input "regoin"', path: 'spec.inputs' },
      },
      {
        name: 'a release that cannot be a name',
        text: stagesWith(''),
        change: { release: '../1.0' },
        error: { message: '"../1.0" cannot be a release' },
      },
      {
        name: 'a time scale that stretches',
        text: stagesWith(''),
        change: { timeScale: 2 },
        error: { message: '2 cannot be a time scale' },
      },
    ];
    it.each(cases)('$name', ({ text, change, error }) => {
      const result = planRelease(request(text, change));

      expect(result.plan).toBeNull();
      expect(result.errors).toEqual([expect.objectContaining(error)]);
    });

    it('an input without a value, and one of another type, both at once', () => {
      const text = workflowText(build + deploy, {
        spec: 'inputs: { region: {}, replicas: { type: number, default: 1 } }',
      });

      const { errors } = planRelease(request(text, { inputs: { replicas: 'many' } }));

      expect(errors.map(({ message }) => message)).toEqual([
        'input "region" has no value and no default',
        'input "replicas" is "many"',
      ]);
    });
  });

  it('warns of a gate that could never be told, because the app serves no metrics', () => {
    const app = load(
      'App',
      'apiVersion: framework0.io/v1\nkind: App\nmetadata: { name: blind }\nspec: { start: ./run }\n',
    );
    const text = workflowText(
      `${build}- { name: deploy, environment: staging, validation: { duration: 5m, success_criteria: error_rate < 1% } }\n`,
    );

    const { plan: made, warnings } = planRelease(request(text, { app }));

    expect(made?.app.metrics).toBeNull();
    expect(warnings.map(({ message }) => message)).toEqual([
      '"deploy" is watched, and app blind serves no metrics: its analyses cannot be told',
    ]);
  });
});
