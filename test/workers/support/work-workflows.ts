import { log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { TaskQueue } from '../../../src/contracts/task-queues';

export interface WorkInput {
  readonly key: string;
  /** How often the activity is done, one after the other. */
  readonly times: number;
  readonly secret?: string;
}

interface WorkActivities {
  work(input: { readonly key: string; readonly secret?: string }): Promise<string>;
}
interface AuditActivities {
  note(input: { readonly key: string }): Promise<void>;
}

// The SDK beats at four fifths of the timeout: the last fifth is what a busy machine has.
const { work } = proxyActivities<WorkActivities>({
  taskQueue: TaskQueue.operate,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '100 ms' },
});
const { note } = proxyLocalActivities<AuditActivities>({ startToCloseTimeout: '10 seconds' });

/** Does its activity some times on another queue, noting each as a local activity. */
export async function working({ key, times, secret }: WorkInput): Promise<string[]> {
  const done: string[] = [];
  for (let index = 1; index <= times; index += 1) {
    log.info('about to work', { index });
    done.push(await work({ key: `${key}/${index}`, ...(secret === undefined ? {} : { secret }) }));
    await note({ key: `${key}/${index}` });
  }
  return done;
}
