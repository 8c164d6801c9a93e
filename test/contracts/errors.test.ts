import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { failure, rootMessage } from '../../src/contracts/errors';

/** As a workflow gets what an activity has thrown. */
const ofActivity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'shiftTraffic', '1', 'NON_RETRYABLE_FAILURE', 'worker', cause);

describe('the message that a person wants to read', () => {
  it('is that of our own failure, which says what to do, and not what it was caused by', () => {
    const cause = new Error('deployments.apps is forbidden: User "ci" cannot patch');
    const told = failure('PermissionDenied', 'ci may not patch: grant it by a Role', { cause });
    expect(rootMessage(ofActivity(told))).toBe('ci may not patch: grant it by a Role');
  });

  it('is that of the failure of ours that is nearest to the root', () => {
    const inner = failure('Unavailable', 'the store does not answer');
    expect(rootMessage(failure('NotFound', 'no manifests', { cause: inner }))).toBe('the store does not answer');
  });

  it('is that of the root where nothing is ours', () => {
    const foreign = ApplicationFailure.create({ type: 'TypeError', message: 'outer', cause: new Error('root') });
    expect(rootMessage(ofActivity(foreign))).toBe('root');
    expect(rootMessage('text')).toBe('text');
  });
});
