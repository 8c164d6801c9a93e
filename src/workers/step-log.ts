import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/**
 * Every line that an activity logs names its step: `key` of the input, workflow id / stage / step. The SDK adds the
 * ids of run, workflow and activity.
 */
export const stepLogInterceptor: ActivityInterceptorsFactory = () => {
  let step: string | undefined;
  return {
    inbound: {
      execute(input, next) {
        const [argument] = input.args;
        if (
          typeof argument === 'object' &&
          argument !== null &&
          'key' in argument &&
          typeof argument.key === 'string'
        ) {
          step = argument.key;
        }
        return next(input);
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next(step === undefined ? input : { ...input, step }),
    },
  };
};
