import { defaultPayloadConverter } from '@temporalio/common';
import { searchAttribute } from '../../src/contracts/search-attributes';
import { useHarness } from './harness';
import { blueGreen, channels, gatePlan, simplePlan } from './plans';
import { failed, Hold, passed } from './world';

describe('Temporal’s own pages', () => {
  const harness = useHarness();
  const attributes = async (workflowId: string) => {
    const { typedSearchAttributes } = await harness().handle(workflowId).describe();
    return Object.fromEntries(
      Object.entries(searchAttribute).map(([name, key]) => [name, typedSearchAttributes.get(key as never)]),
    );
  };
  /** All that the index was told of where a run stands. */
  const listedPhases = async (workflowId: string) => {
    const { events } = await harness().handle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ upsertWorkflowSearchAttributesEventAttributes: told }) => {
      const phase = told?.searchAttributes?.indexedFields?.[searchAttribute.phase.name];
      return phase ? [defaultPayloadConverter.fromPayload(phase)] : [];
    });
  };
  /** What the pages ask for: the text of setCurrentDetails. */
  const details = async (workflowId: string) => {
    const metadata = await harness()
      .handle(workflowId)
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  };

  it('list a run by what it is, where it stands and whether it asks', async () => {
    const id = await harness().start(simplePlan('1.0.0', { gates: [gatePlan()] }));
    await harness().untilPhase(id, 'awaiting_approval');

    const asking = await attributes(id);
    await harness().approve(id);
    await harness().result(id);

    expect(asking).toMatchObject({ phase: 'awaiting_approval', awaitingApproval: true });
    expect(await attributes(id)).toMatchObject({ phase: 'succeeded', awaitingApproval: false });
    expect(await attributes(harness().deployment('1.0.0'))).toEqual({
      kind: 'deployment',
      namespace: harness().namespace,
      workflow: 'shop',
      environment: 'production',
      release: '1.0.0',
      phase: 'succeeded',
      awaitingApproval: false,
    });
    expect(await attributes(harness().keeper().workflowId)).toMatchObject({
      kind: 'environment',
      environment: 'production',
    });
  });

  it('hear of a run only what people would see: each write of the index costs the server', async () => {
    const id = await harness().start(simplePlan('1.0.0', { gates: [gatePlan()] }));
    await harness().untilPhase(id, 'awaiting_approval');
    await harness().approve(id);
    await harness().result(id);

    expect(await listedPhases(id)).toEqual(['running', 'awaiting_approval', 'running', 'succeeded']);
  });

  it('list the end before channels are told, which may be slow', async () => {
    const hold = new Hold();
    harness().world.notify = ({ notification }) =>
      notification.type === 'release.finished' ? hold.wait() : Promise.resolve();
    const id = await harness().start({ ...simplePlan('1.0.0'), channels });
    await hold.reached;

    const told = await harness().handle(id).describe();
    hold.open();
    await harness().result(id);

    expect(told.status.name).toBe('RUNNING');
    expect(told.typedSearchAttributes.get(searchAttribute.phase)).toBe('succeeded');
  });

  it('tell the story of a run: stages with ticks, what it waits for, and how it ended', async () => {
    const id = await harness().start(simplePlan('1.0.0', { gates: [gatePlan()] }));
    await harness().untilPhase(id, 'awaiting_approval');

    const asking = await details(id);
    await harness().approve(id);
    await harness().result(id);

    expect(asking).toContain('### shop 1.0.0: awaiting_approval');
    expect(asking).toContain('✋ **production** waits at `manual_approval`: 0 of 1');
    expect(asking).toContain('✅ **build** succeeded');
    expect(await details(id)).toContain('1.0.0 went through all stages');
    expect(await details(harness().keeper().workflowId)).toMatch(/Serves: shop 1\.0\.0 since .*\nHeld by: nobody/);
  });

  it('tell the story of a deployment: steps, traffic and the figures that decided', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async ({ target }) => (target.release === '1.1.0' ? failed() : passed());
    await harness().run(simplePlan('1.1.0'));

    const text = await details(harness().deployment('1.1.0'));

    expect(text).toContain('### 1.1.0 in production: rolled_back');
    expect(text).toContain('Traffic: 0% on 1.1.0, the rest on 1.0.0');
    expect(text).toContain('❌ validation for 10m');
    expect(text).toContain('- error_rate was 5.1%, above the limit of 2%');
  });

  it('stay within what Temporal takes, however long the reasons are', async () => {
    harness().world.build = async () => Promise.reject(new Error('x'.repeat(50_000)));
    const id = await harness().start(simplePlan('1.0.0', {}, { steps: blueGreen }));
    await harness().until(async () => expect((await harness().handle(id).describe()).status.name).toBe('RUNNING'));

    await harness().command(id, 'abort', undefined, 'y'.repeat(20_000));
    await harness().result(id);

    expect(Buffer.byteLength(await details(id))).toBeLessThan(20_000);
  });
});
