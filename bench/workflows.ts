import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

export { deployment, environment, guardian, pipeline } from '../src/workflows';

export const goSignal = defineSignal('go');
const { touch } = proxyActivities<{ touch(input: { key: string }): Promise<void> }>({
  taskQueue: 'f0-operate',
  startToCloseTimeout: '1 min',
});

/** The limit every figure stands beside: what one signal and one activity cost with nothing around them. */
export async function bare(input: { readonly key: string }): Promise<void> {
  let told = false;
  setHandler(goSignal, () => {
    told = true;
  });
  await condition(() => told);
  await touch(input);
}
