import { Context } from '@temporalio/activity';

/** Several within the shortest heartbeat timeout that is sensible for a long activity. */
const everyMs = 2_000;

/** Tells Temporal every two seconds that the activity lives, which is also how it learns that it was cancelled. */
export async function withHeartbeat<T>(describe: () => unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat(describe());
  const timer = setInterval(() => context.heartbeat(describe()), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
