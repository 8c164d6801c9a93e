import { loadDocuments } from '../../src/definition';
import { build, platformText, workflowText } from './support';

const live = '- { name: live, environment: production }\n';

/** What is told of a workflow beside a platform that has every cluster. */
function check(workflow: string, platform = '') {
  const sources = [{ file: 'workflow.yaml', text: workflow }];
  return loadDocuments(
    platform === '' ? sources : [...sources, { file: 'platform.yaml', text: platformText(platform) }],
  );
}

function checkStage(fields: string, platform = '') {
  return check(
    workflowText(`${build}- { name: deploy, environment: staging${fields === '' ? '' : `, ${fields}`} }\n${live}`),
    platform,
  );
}

const people = 'identity: { users: { alice: { roles: [manager] }, bob: { roles: [] } } }';

describe('what a stage says', () => {
  const faults = [
    {
      name: 'a bare metric as a trigger, which would never come',
      fields: 'monitoring: { rollback_triggers: [error_rate] }',
      error: {
        path: 'monitoring.rollback_triggers[0]',
        message: '"error_rate" is a metric and no event: as a trigger it would never come',
      },
    },
    {
      name: 'two modes for what is one analysis',
      fields:
        'monitoring: { mode: observe, rollback_triggers: [error_rate > 1%] }, validation: { duration: 5m, success_criteria: error_rate < 1% }',
      error: {
        path: 'validation',
        message: 'validation has mode enforce and monitoring observe, and they are one analysis',
      },
    },
    {
      name: 'an interval that leaves no sample',
      fields: 'monitoring: { interval: 10m, duration: 5m, rollback_triggers: [error_rate > 1%] }',
      error: { path: 'monitoring.interval', message: 'one sample every 10m is none in the whole watch' },
    },
    {
      name: 'a value of env that environment_variables says otherwise',
      fields: 'env: { MODE: a }, environment_variables: { MODE: b }',
      error: { path: 'environment_variables.MODE', message: 'MODE has another value in env' },
    },
    {
      name: 'a reminder after the gate has expired',
      fields: 'requires: [build, manual_approval], approval: { expires_in: 1h, remind_every: 2h }',
      error: { path: 'approval.remind_every', message: 'a reminder every 2h comes after the gate has expired' },
    },
    {
      name: 'a quorum that the approvers of a canary cannot reach',
      fields: 'strategy: { canary: { steps: [{ weight: 5 }, { approve: { approvers: [bob], quorum: 2 } }] } }',
      error: {
        path: 'strategy.canary.steps[1].approve.quorum',
        message: '2 approvals are asked and 1 people may give one',
      },
    },
    {
      name: 'a role that nobody has, with the nearest one',
      fields: 'requires: [build, manual_approval], approval: { roles: [manger] }',
      platform: people,
      error: {
        path: 'approval.roles[0]',
        message: 'nobody in the platform has the role "manger"',
        suggestion: 'manager',
      },
    },
    {
      name: 'an engine that the platform does not have',
      fields: 'monitoring: { analytics_engine: exercise8, alerts: [error_rate > 1%] }',
      platform: 'metric_sources: { exercise7-analytics: { type: builtin } }',
      error: { path: 'monitoring.analytics_engine', message: 'the platform has no metric source "exercise8"' },
    },
    {
      name: 'a metric that the built-in analytics does not measure',
      fields: 'validation: { duration: 5m, success_criteria: [error_rate < 1%, latncy_p95 < 1s] }',
      platform: 'metric_sources: { "*": { type: builtin } }',
      error: {
        path: 'validation.success_criteria[1]',
        message: 'the built-in analytics does not measure "latncy_p95"',
        suggestion: 'latency_p95',
      },
    },
  ];
  it.each(faults)('refuses $name', ({ fields, platform, error }) => {
    const { errors } = checkStage(fields, platform);

    expect(errors).toEqual([
      expect.objectContaining({ ...error, path: expect.stringMatching(/^spec\.pipeline_stages\[1\]\./) }),
    ]);
    expect(errors[0]?.path.slice('spec.pipeline_stages[1].'.length)).toContain(error.path);
  });

  const accepted = [
    {
      name: 'a metric of its own where Prometheus answers',
      fields: 'validation: { duration: 5m, success_criteria: queue_depth < 9 }',
      platform: 'metric_sources: { builtin: { type: prometheus, url: "http://prom:9090" } }',
    },
    {
      name: 'an event that another system raises',
      fields: 'monitoring: { rollback_triggers: [pager_duty_incident] }',
      platform: '',
    },
    {
      name: 'one mode in both, said in both',
      fields:
        'monitoring: { mode: pause, rollback_triggers: [error_rate > 1%] }, validation: { mode: pause, duration: 5m, success_criteria: error_rate < 1% }',
      platform: '',
    },
    {
      name: 'approvers and a role',
      fields: 'requires: [build, manual_approval], approval: { approvers: [bob], roles: [manager], quorum: 3 }',
      platform: people,
    },
  ];
  it.each(accepted)('accepts $name', ({ fields, platform }) => {
    expect(checkStage(fields, platform)).toMatchObject({ errors: [], warnings: [] });
  });
});

describe('a stage that deploys nowhere', () => {
  const faults = [
    ['stage_type: deploy, run: make', 'a deploy stage deploys nowhere'],
    ['run: make, strategy: canary', 'strategy has a meaning only where a stage deploys'],
    ['run: make, monitoring: {}', 'monitoring has a meaning only where a stage deploys'],
  ] as const;
  it.each(faults)('is told of %s', (fields, message) => {
    const { errors } = check(
      workflowText(`${build}- { name: odd, ${fields} }\n- { name: deploy, environment: staging }\n${live}`),
    );

    expect(errors.map((error) => error.message)).toEqual([message]);
  });

  it('may be an approval alone', () => {
    const stages = `${build}- { name: agree, stage_type: approval }\n- { name: deploy, environment: staging }\n${live}`;

    expect(check(workflowText(stages))).toMatchObject({ errors: [], warnings: [] });
  });
});

describe('warnings', () => {
  it('names an environment that no stage deploys to', () => {
    const { errors, warnings } = check(workflowText(build + live));

    expect(errors).toEqual([]);
    expect(warnings).toMatchObject([{ path: 'spec.environments.staging', message: 'no stage deploys to "staging"' }]);
  });

  it('says nothing of it where a stage means it by a name that is almost right', () => {
    const { errors, warnings } = check(workflowText(`${build}- { name: deploy, environment: stagin }\n${live}`));

    expect(errors).toMatchObject([{ suggestion: 'staging' }]);
    expect(warnings).toEqual([]);
  });

  it('finds a freeze that misses the environment it means', () => {
    const freeze =
      'freezes: [{ name: f, reason: r, environments: [prodution], start: "2026-01-01T00:00:00Z", duration: 1d }]';

    const { warnings } = checkStage('', freeze);

    expect(warnings).toMatchObject([{ path: 'spec.environments.production', suggestion: 'production' }]);
  });

  it('finds an event whose name is almost the one of our own detector', () => {
    const { warnings } = checkStage('monitoring: { rollback_triggers: [exercise7_anomoly_detected] }');

    expect(warnings).toMatchObject([{ suggestion: 'exercise7_anomaly_detected' }]);
  });

  it('finds approvers whom the platform does not know', () => {
    const { errors, warnings } = checkStage(
      'requires: [build, manual_approval], approval: { approvers: [alic] }',
      people,
    );

    expect(errors).toEqual([]);
    expect(warnings).toMatchObject([{ message: '"alic" is not among the platform\'s users', suggestion: 'alice' }]);
  });

  it('only doubts a metric where no platform says what measures it', () => {
    const { errors, warnings } = checkStage('monitoring: { alerts: [latncy_p95 > 1s, queue_depth > 9] }');

    expect(errors).toEqual([]);
    expect(warnings.map(({ suggestion }) => suggestion)).toEqual(['latency_p95']);
  });
});

describe('a platform', () => {
  it('has each freeze once', () => {
    const freeze = '{ name: f, reason: r, start: "2026-01-01T00:00:00Z", duration: 1d }';

    expect(checkStage('', `freezes: [${freeze}, ${freeze}]`).errors).toMatchObject([
      { path: 'spec.freezes[1].name', message: 'there is a freeze "f" already' },
    ]);
  });

  it('is not held against a workflow while it has faults of its own', () => {
    const environments = 'staging: { cluster: elsewhere }\nproduction: { cluster: b }';
    const text = workflowText(`${build}- { name: deploy, environment: staging }\n${live}`, { environments });

    expect(check(text, 'channels: { c: { type: pigeon } }').errors).toMatchObject([{ file: 'platform.yaml' }]);
  });
});
