import { allTaskQueues, TaskQueue } from '../../src/contracts/task-queues';
import { ConfigError, loadWorkerConfig } from '../../src/workers';

const load = (env: Record<string, string | undefined> = {}) => loadWorkerConfig(env, { home: '/state' });

describe('the configuration of a worker', () => {
  it('serves everything from the state folder when nothing is set', () => {
    expect(load()).toMatchObject({
      taskQueues: allTaskQueues,
      databaseUrl: null,
      artifactsFolder: '/state/artifacts',
      secretsFolder: null,
      health: { host: '127.0.0.1', port: 8080 },
      metrics: { host: '127.0.0.1', port: 9090 },
      deployment: null,
      encryption: null,
      tracing: false,
      log: { level: 'info', format: 'json' },
    });
  });

  it.each([
    ['operate', [TaskQueue.operate]],
    ['f0-operate, deploy', [TaskQueue.deploy, TaskQueue.operate]],
    ['deploy,f0-deploy', [TaskQueue.deploy]],
  ])('takes task queues by long and short name: %s', (text, queues) => {
    expect(load({ F0_TASK_QUEUES: text }).taskQueues).toEqual(queues);
  });

  it('takes an empty variable as one that is not set', () => {
    expect(load({ F0_HEALTH_PORT: '', DATABASE_URL: '', F0_ENCRYPTION_KEYS: '' })).toMatchObject({
      databaseUrl: null,
      encryption: null,
      health: { port: 8080 },
    });
  });

  it('names all faults at once, each with its variable', () => {
    const fault = (() => {
      try {
        load({
          F0_TASK_QUEUES: 'operat',
          F0_HEALTH_PORT: '99999',
          DATABASE_URL: 'mysql://x',
          F0_LOG_LEVEL: 'loud',
          F0_BUILD_ID: 'abc',
          F0_ENCRYPTION_KEYS: 'nonsense',
        });
      } catch (error) {
        return error;
      }
      return null;
    })();

    expect(fault).toBeInstanceOf(ConfigError);
    const { faults } = fault as ConfigError;
    const variables = [
      'F0_TASK_QUEUES',
      'F0_HEALTH_PORT',
      'DATABASE_URL',
      'F0_LOG_LEVEL',
      'F0_DEPLOYMENT_NAME',
      'F0_ENCRYPTION_KEYS',
    ];
    for (const variable of variables) expect(faults.filter((text) => text.startsWith(variable))).toHaveLength(1);
    expect(faults).toHaveLength(variables.length);
    expect(faults.join()).toContain('unknown task queue "operat"');
  });

  it('turns tracing on by the standard variable alone', () => {
    expect(load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).tracing).toBe(true);
  });
});
