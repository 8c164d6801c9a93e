import { decideSignal } from '../../src/contracts/messages';
import type { ApprovalGatePlan, ReleasePlan } from '../../src/definition/release-plan';
import { approvalSubject } from '../../src/workflows/subject';
import { refusalOf, useHarness } from './harness';
import { author, bob, buildStage, channels, cleo, command, gatePlan, plan, simplePlan, stage } from './plans';
import { Hold } from './world';

const gated = (
  release: string,
  gate: Partial<ApprovalGatePlan> = {},
  change: Partial<ReleasePlan> = {},
): ReleasePlan => ({
  ...simplePlan(release, { gates: [gatePlan(gate)] }),
  ...change,
});

describe('an approval', () => {
  const harness = useHarness();
  const asked = async (releasePlan: ReleasePlan) => {
    const id = await harness().start(releasePlan);
    await harness().untilPhase(id, 'awaiting_approval');
    return id;
  };

  it('lets the stage start, and shows what was asked', async () => {
    const id = await asked(gated('1.0.0'));
    const status = await harness().status(id);
    const callsBefore = [...harness().world.cluster.calls];

    await harness().approve(id, { subject: status.awaiting[0]?.subject as string });
    const result = await harness().result(id);

    expect(status.awaiting).toMatchObject([
      {
        workflowId: id,
        stage: 'production',
        gate: 'manual_approval',
        subject: approvalSubject('hash-of-1.0.0', status.artifactDigest),
        approvedBy: [],
      },
    ]);
    expect(callsBefore).toEqual([]);
    expect(result.phase).toBe('succeeded');
    expect(harness().world.actions()).toEqual(
      expect.arrayContaining(['approval.requested', 'approval.decided', 'approval.approved']),
    );
  });

  it('that is rejected fails the run and says by whom and why', async () => {
    const id = await asked(gated('1.0.0'));

    await harness().decide(id, { verdict: 'reject', reason: 'not today' });

    expect(await harness().result(id)).toMatchObject({
      phase: 'failed',
      reason: 'production: manual_approval rejected by bob: not today',
    });
    expect(harness().world.cluster.calls).toEqual([]);
  });

  it('nobody gives within a day counts as refused', async () => {
    const startedAt = await harness().environment.currentTimeMs();

    const result = await harness().run(gated('1.0.0'));

    expect(result).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(
        /^production: manual_approval expired: nobody decided in time: 0 of 1 approvals by/,
      ),
    });
    expect((await harness().environment.currentTimeMs()) - startedAt).toBeGreaterThanOrEqual(86_400_000);
  });

  it('is reminded of, then escalated at half the time, after which others may decide', async () => {
    const gate = { approvers: ['cleo'], escalateTo: ['bob'], remindEverySeconds: 3 * 3600, expiresInSeconds: 8 * 3600 };
    const id = await asked(gated('1.0.0', gate, { channels }));
    const early = await refusalOf(harness().approve(id));

    await harness().pass(4 * 3600 + 60);
    await harness().until(async () =>
      expect((await harness().status(id)).awaiting[0]?.approvers).toEqual(['cleo', 'bob']),
    );
    await harness().approve(id);

    expect(early).toContain('must be one of cleo');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.notifications.map(({ notification: { type } }) => type)).toEqual([
      'approval.requested',
      'approval.reminder',
      'approval.escalated',
      'release.finished',
    ]);
    expect(new Set(harness().world.notifications.map(({ key }) => key)).size).toBe(4);
  });

  it('needs its quorum, of different people, and audits every refusal', async () => {
    const id = await asked(gated('1.0.0', { quorum: 2 }));

    const refusals = [await refusalOf(harness().approve(id, { by: author }))];
    await harness().approve(id);
    refusals.push(await refusalOf(harness().approve(id)));
    const halfway = await harness().status(id);
    await harness().approve(id, { by: cleo });

    expect(refusals).toEqual([
      expect.stringContaining('separation of duties'),
      'bob has approved already; 1 more must be somebody else',
    ]);
    expect(halfway).toMatchObject({ phase: 'awaiting_approval', awaiting: [{ approvedBy: ['bob'], quorum: 2 }] });
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    const refused = harness().world.audit.filter(({ action }) => action === 'approval.refused');
    expect(refused.map(({ actor }) => actor.name)).toEqual(['anna', 'bob']);
  });

  it('is a matter of roles in the directory', async () => {
    const directory = { users: { bob: ['developer'], cleo: ['release_manager'] } };
    const id = await asked(gated('1.0.0', { roles: ['release_manager'] }, { directory }));

    expect(await refusalOf(harness().approve(id))).toContain('must have the role release_manager (has: developer)');
    await harness().approve(id, { by: cleo });

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('for what does not wait is refused before it reaches the history', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const id = await harness().start(gated('1.0.0'));
    await hold.reached;

    const refusals = [
      await refusalOf(harness().approve(id)),
      await refusalOf(harness().approve(id, { stage: 'nowhere' })),
      await refusalOf(harness().approve(id, { verdict: 'perhaps' as never })),
      await refusalOf(harness().approve(id, { subject: 7 as never })),
      await refusalOf(harness().approve(id, { by: { name: '', source: 'cli' } })),
    ];
    hold.open();

    expect(refusals).toEqual([
      'stage production does not wait for an approval; waiting: nothing',
      'stage nowhere does not wait for an approval; waiting: nothing',
      'verdict must be approve or reject',
      'subject must be the hash that was looked at',
      'the message must say who sends it: by.name',
    ]);
    const { events } = await harness().handle(id).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
  });

  it('names its gate when it must', async () => {
    const id = await asked(gated('1.0.0'));

    expect(await refusalOf(harness().approve(id, { gate: 'other' }))).toBe(
      'stage production has no open gate other; waiting: production/manual_approval',
    );
    await harness().approve(id, { gate: 'manual_approval' });

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('may come as a signal of a plain client; a refused one shows in the timeline', async () => {
    const id = await asked(gated('1.0.0'));
    const decision = { stage: 'production', verdict: 'approve', reason: 'by hand' } as const;

    await harness()
      .handle(id)
      .signal(decideSignal, { ...decision, by: author });
    await harness()
      .handle(id)
      .signal(decideSignal, { ...decision, stage: 'nowhere', by: bob });
    await harness()
      .handle(id)
      .signal('decide', { stage: 'production', verdict: 'approve', by: { name: 'bob' } });

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    const timeline = await harness().timeline(id);
    expect(timeline).toContainEqual(expect.stringContaining('decision of anna refused: anna started this release'));
    expect(timeline).toContainEqual(expect.stringContaining('decide of bob refused: stage nowhere does not wait'));
    const decided = harness().world.audit.find(({ action }) => action === 'approval.decided');
    expect(decided).toMatchObject({ actor: { name: 'bob', source: 'cli' } });
  });

  it('asks at one gate after the other', async () => {
    const gates = [gatePlan({ name: 'qa' }), gatePlan({ name: 'release' })];
    const id = await asked(simplePlan('1.0.0', { gates }));
    const first = (await harness().status(id)).awaiting.map(({ gate }) => gate);

    await harness().approve(id, { gate: 'qa' });
    await harness().until(async () =>
      expect((await harness().status(id)).awaiting).toMatchObject([{ gate: 'release' }]),
    );
    await harness().approve(id, { gate: 'release' });

    expect(first).toEqual(['qa']);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('is void when another artifact is built before the stage starts, and is asked again', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const stages = [buildStage, stage('announce', { commands: [command('tell')], gates: [gatePlan()] })];
    const id = await harness().start(plan('1.0.0', stages, { maxParallelStages: 1 }));
    await hold.reached;
    await harness().until(async () => expect((await harness().status(id)).awaiting).toHaveLength(1));
    const before = (await harness().status(id)).awaiting[0]?.subject;

    await harness().approve(id, { stage: 'announce' });
    hold.open();
    await harness().until(async () => expect((await harness().status(id)).artifactDigest).not.toBeNull());
    const { awaiting } = await harness().untilPhase(id, 'awaiting_approval');
    await harness().approve(id, { stage: 'announce' });

    expect(awaiting).toMatchObject([{ stage: 'announce', subject: expect.not.stringMatching(before as string) }]);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.actions()).toContain('approval.void');
    expect(harness().world.commands).toHaveLength(1);
  });
});
