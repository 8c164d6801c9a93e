import { failure } from '../../src/contracts/errors';
import { useHarness } from './harness';
import { simplePlan } from './plans';

const channels = ['pager', 'mail'].map((name) => ({
  name,
  type: 'webhook' as const,
  url: 'x',
  to: [],
  from: null,
  secret: null,
}));

describe('the audit trail', () => {
  const harness = useHarness();

  it('loses nothing while the database is away, keeps the order, and records each key once', async () => {
    let calls = 0;
    harness().world.recordAudit = async () => {
      calls += 1;
      if (calls <= 6) throw failure('Unavailable', 'the database does not answer');
    };

    const result = await harness().run(simplePlan('1.0.0'));

    expect(result.phase).toBe('succeeded');
    const { audit } = harness().world;
    expect(new Set(audit.map(({ key }) => key)).size).toBe(audit.length);
    for (const workflowId of new Set(audit.map((entry) => entry.workflowId))) {
      const numbers = audit
        .filter((entry) => entry.workflowId === workflowId)
        .map(({ key }) => Number(key.slice(key.lastIndexOf('/') + 1)));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
    expect(harness().world.actions()).toEqual(expect.arrayContaining(['release.started', 'release.finished']));
    expect(calls).toBeGreaterThan(6);
  });

  it('is recorded by the same entry also when the first answer was lost', async () => {
    const world = harness().world;
    const before = world.recordAuditActivity.recordAudit;
    let lost = 0;
    Object.assign(world.recordAuditActivity, {
      recordAudit: async (input: Parameters<typeof before>[0]) => {
        await before(input);
        lost += 1;
        if (lost <= 2) throw failure('Timeout', 'no answer');
      },
    });
    await harness().restart();

    await harness().run(simplePlan('1.0.0'));

    const keys = world.audit.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(world.actions().filter((action) => action === 'release.started')).toHaveLength(1);
  });

  it('that is refused for good stalls nothing, and says so', async () => {
    harness().world.recordAudit = async () => {
      throw failure('InvalidInput', 'no such column');
    };

    const id = await harness().start(simplePlan('1.0.0'));

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().timeline(id)).toContainEqual(
      expect.stringMatching(/^the audit log refused \d+ entries: no such column$/),
    );
  });

  it('has the word of a channel that is down, and the run goes on without it', async () => {
    harness().world.notify = async ({ channel }) => {
      if (channel.name === 'pager') throw failure('PermissionDenied', 'token expired');
    };

    const result = await harness().run({ ...simplePlan('1.0.0'), channels });

    expect(result.phase).toBe('succeeded');
    const line = harness().world.audit.find(({ action }) => action === 'notification.failed');
    expect(line?.reason).toBe('channel pager did not take "shop 1.0.0: succeeded": token expired');
    const sent = harness().world.notifications.map(({ channel: { name } }) => name);
    expect(sent.sort()).toEqual(['mail', 'pager']);
  });

  it('does not wait for a channel that never answers', async () => {
    harness().world.notify = async () => Promise.reject(failure('Unavailable', 'no answer'));
    const id = await harness().start({ ...simplePlan('1.0.0'), channels });

    await harness().until(() => expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%'));

    expect(await harness().status(id)).toMatchObject({ stages: [{ phase: 'succeeded' }, {}] });
  });
});
