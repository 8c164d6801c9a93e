import { Client, Connection } from '@temporalio/client';
import { Registry } from 'prom-client';
import { errorCodeOf } from '../../src/contracts/errors';
import { allTaskQueues, TaskQueue } from '../../src/contracts/task-queues';
import { type OpenServices, openServices } from '../../src/workers';
import { ProductMetrics } from '../../src/workers/product-metrics';
import { silent, temporaryFolder, workerConfig } from './support/fixtures';

let folder: ReturnType<typeof temporaryFolder>;
/** Connects when it is first used, which here is never. */
const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9' }) });

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function open(queues: string, env: Record<string, string> = {}): Promise<OpenServices> {
  const config = { ...workerConfig({ F0_TASK_QUEUES: queues, ...env }), home: folder.path };
  return openServices({ config, client, logger: silent, metrics: new ProductMetrics(new Registry()) });
}

const namesOf = (services: OpenServices, queue: TaskQueue) => Object.keys(services.activities[queue] ?? {}).sort();

describe('the services of a worker process', () => {
  it('give every queue the activities that workflows call there', async () => {
    const services = await open(allTaskQueues.join(','));
    await services.start();
    const names = Object.fromEntries(allTaskQueues.map((queue) => [queue, namesOf(services, queue)]));
    const stats = services.observerStats();
    await services.checkDatabase();
    await services.stop();

    expect(names).toEqual({
      [TaskQueue.orchestrate]: ['recordAudit'],
      [TaskQueue.deploy]: [
        'bringBackRelease',
        'describeTraffic',
        'detectDrift',
        'prepareRelease',
        'previewRelease',
        'promoteRelease',
        'retireRelease',
        'shiftTraffic',
      ],
      [TaskQueue.observe]: ['analyze'],
      [TaskQueue.integrate]: [
        'acquireEnvironment',
        'deliverAlerts',
        'findEnded',
        'notify',
        'raiseAlerts',
        'recordAlerts',
        'releaseEnvironment',
      ],
      [TaskQueue.operate]: ['buildArtifact', 'runCommand'],
    });
    expect(stats).toMatchObject({ watches: 0 });
  });

  it('open no database where no queue keeps anything in one', async () => {
    const services = await open('deploy,operate', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' });
    await services.checkDatabase();
    await services.stop();

    expect(services.auditLog).toBeNull();
    expect(services.observerStats()).toBeNull();
  });

  it('say that the database does not answer', async () => {
    const error = await open('integrate', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' }).catch(
      (caught: unknown) => caught,
    );

    expect(errorCodeOf(error)).toBe('Unavailable');
  });
});
