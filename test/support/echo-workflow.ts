import { condition, defineSignal, setHandler, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttribute } from '../../src/contracts/search-attributes';

export const continueSignal = defineSignal('continue');

/** Sleeps a day, marks itself in the search attributes and answers what it got. */
export async function echo(input: { readonly text: string }): Promise<{ readonly text: string }> {
  upsertSearchAttributes([{ key: searchAttribute.release, value: input.text }]);
  await sleep('1 day');
  return input;
}

/** Waits for the signal. */
export async function waitForSignal(): Promise<string> {
  let told = false;
  setHandler(continueSignal, () => {
    told = true;
  });
  await condition(() => told);
  return 'told';
}
