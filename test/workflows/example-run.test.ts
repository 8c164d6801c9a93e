import { environmentWorkflowId } from '../../src/contracts/ids';
import { searchAttribute } from '../../src/contracts/search-attributes';
import { useHarness } from './harness';
import { examplePlan } from './plans';

describe('the example run', () => {
  const harness = useHarness();

  it('takes at most 40 workflow tasks: pipeline, three deployments and three environments', async () => {
    const id = await harness().start(examplePlan('1.0.0'));
    // No query: the server may answer one with a task of its own, which is not the run's.
    await harness().until(async () => {
      const { typedSearchAttributes } = await harness().handle(id).describe();
      expect(typedSearchAttributes.get(searchAttribute.phase)).toBe('awaiting_approval');
    });
    await harness().approve(id, { stage: 'deploy_production' });
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });

    const environments = ['development', 'staging', 'production'];
    const { namespace } = harness();
    const workflows = [
      id,
      ...environments.map((environment) => harness().deployment('1.0.0', environment)),
      ...environments.map((environment) => environmentWorkflowId({ namespace, environment })),
    ];
    const counts = await Promise.all(
      workflows.map(async (workflowId) => {
        const { events } = await harness().handle(workflowId).fetchHistory();
        const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes).length ?? 0;
        return [workflowId.replace(namespace, ''), tasks, events?.length ?? 0] as const;
      }),
    );

    expect(counts.reduce((sum, [, tasks]) => sum + tasks, 0)).toBeLessThanOrEqual(40);
  });
});
