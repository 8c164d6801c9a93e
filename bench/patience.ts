import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';

/** gRPC codes of a server that is overloaded: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, UNAVAILABLE. */
const overloaded: ReadonlySet<number> = new Set([4, 8, 9, 14]);
const maxTries = 60;

/** Asks again, a second later, for as long as the server says that it cannot cope; what it says else is thrown. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isOverload(error) || tries === maxTries) throw error;
      await sleep(1_000);
    }
  }
}

function isOverload(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(cause) && overloaded.has(cause.code);
}
