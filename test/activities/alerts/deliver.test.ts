import { createDeliver } from '../../../src/activities/alerts';
import type { AlertChannel } from '../../../src/activities/notify';
import type { AlertMessage, DeliveryOutcome } from '../../../src/contracts/alerting';
import { failure } from '../../../src/contracts/errors';
import type { ChannelPlan } from '../../../src/definition/release-plan';
import { alertMessage } from '../notify/alert-support';
import { quietEnvironment } from '../test/support';

function channelsOf(send: AlertChannel): Readonly<Record<ChannelPlan['type'], AlertChannel>> {
  const people = { console: send, webhook: send, email: send, slack: send, pagerduty: send, alertmanager: send };
  return { ...people, grafana: send, datadog: send, new_relic: send };
}

const batch = (size: number): AlertMessage[] =>
  Array.from({ length: size }, (_, index) => alertMessage({ key: `message-${index}` }));

describe('a batch of messages', () => {
  it('answers for each, in order, and one that fails keeps none back', async () => {
    const deliver = createDeliver(
      channelsOf(async ({ key }) => {
        if (key === 'message-1') throw failure('RateLimited', 'too much', { retryAfterSeconds: 7 });
        if (key === 'message-2') throw failure('InvalidInput', 'refused');
        if (key === 'message-3') throw new TypeError('a fault of ours');
        return `reference of ${key}`;
      }),
    );

    const outcomes = await quietEnvironment().run(deliver, { messages: batch(5) });

    expect(outcomes).toMatchObject([
      { key: 'message-0', reference: 'reference of message-0', failure: null },
      { failure: { code: 'RateLimited', retryable: true, retryAfterSeconds: 7, message: 'too much' } },
      { failure: { code: 'InvalidInput', retryable: false } },
      { failure: { code: 'Unavailable', retryable: true, message: 'a fault of ours' } },
      { key: 'message-4', failure: null },
    ]);
  });

  it('goes on behind what a worker that died has sent', async () => {
    const environment = quietEnvironment();
    const seen: string[] = [];
    let progress: unknown;
    environment.on('heartbeat', (details) => {
      progress = details;
    });
    const dying = createDeliver(
      channelsOf(async ({ key }) => {
        if (seen.length === 30) return new Promise<never>(() => undefined);
        seen.push(key);
        return null;
      }),
    );
    void environment.run(dying, { messages: batch(100) });
    for (let turns = 0; turns < 1000 && (progress as DeliveryOutcome[] | undefined)?.length !== 30; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }

    const next = quietEnvironment({ heartbeatDetails: progress, attempt: 2 });
    const living = createDeliver(
      channelsOf(async ({ key }) => {
        seen.push(key);
        return null;
      }),
    );
    const outcomes = await next.run(living, { messages: batch(100) });

    expect(outcomes).toHaveLength(100);
    expect(seen.sort()).toEqual(
      batch(100)
        .map(({ key }) => key)
        .sort(),
    );
  });
});
