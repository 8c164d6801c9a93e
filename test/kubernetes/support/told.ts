import { errorCodeOf, rootMessage } from '../../../src/contracts/errors';

/** `CODE: message` of what a step failed with; that it did not fail is an error. */
export async function told(step: Promise<unknown>): Promise<string> {
  try {
    await step;
  } catch (error) {
    return `${errorCodeOf(error)}: ${error instanceof Error ? error.message : rootMessage(error)}`;
  }
  throw new Error('it did not fail');
}
