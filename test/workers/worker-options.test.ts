import { availableParallelism } from 'node:os';
import { TaskQueue } from '../../src/contracts/task-queues';
import { loadWorkerConfig } from '../../src/workers';
import { workerOptions } from '../../src/workers/worker-options';

const options = (queue: TaskQueue, env: Record<string, string> = {}) =>
  workerOptions(queue, loadWorkerConfig(env, { home: '/state' }));

describe('the options of a worker', () => {
  it('let as many commands run at once as there are cores, two at least, or as many as are configured', () => {
    const cores = Math.max(2, availableParallelism());

    expect(options(TaskQueue.operate)).toMatchObject({ maxConcurrentActivityTaskExecutions: cores });
    expect(options(TaskQueue.operate, { F0_MAX_COMMANDS: '40' })).toMatchObject({
      maxConcurrentActivityTaskExecutions: 40,
    });
    expect(() => options(TaskQueue.operate, { F0_MAX_COMMANDS: '0' })).toThrow('F0_MAX_COMMANDS');
  });

  it('keep as many open runs in memory as are configured', () => {
    expect(options(TaskQueue.orchestrate, { F0_MAX_CACHED_WORKFLOWS: '50' })).toMatchObject({ maxCachedWorkflows: 50 });
    expect(options(TaskQueue.operate, { F0_MAX_CACHED_WORKFLOWS: '50' })).not.toHaveProperty('maxCachedWorkflows');
  });
});
