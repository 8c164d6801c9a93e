import { allTaskQueues } from '../../contracts/task-queues';
import { homeOf } from '../../embedded/home';
import { createLogger, loadWorkerConfig, openServices, startWorkers } from '../../workers';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { whenAborted } from '../when-aborted';

interface WorkerOptions extends CommonOptions {
  readonly taskQueues?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .option('--task-queues <names>', `which to serve, separated by commas (default: ${allTaskQueues.join(',')})`)
    .addHelpText(
      'after',
      '\nEverything else is told by the environment: TEMPORAL_ADDRESS, DATABASE_URL, F0_*; see the reference.',
    )
    .action(async (options: WorkerOptions) => {
      const { env, interrupted } = context.io;
      const home = homeOf(env, options.home);
      const queues = options.taskQueues === undefined ? {} : { F0_TASK_QUEUES: options.taskQueues };
      const config = loadWorkerConfig({ ...env, ...queues }, { home: home.root });
      const workers = await startWorkers({ config, logger: createLogger(config.log), services: openServices });
      await Promise.race([whenAborted(interrupted), workers.finished]);
      await workers.drain();
    });
  example(command, 'f0 worker', 'f0 worker --task-queues f0-deploy,f0-observe');
};
