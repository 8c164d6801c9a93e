import { importDocuments } from '../../../src/definition';
import { fixture, imported, platform, stage, told, workflows } from './support';

const shelve = 'promotionTemplate: { spec: { steps: [{ uses: argocd-update }] } }';

function stageText(name: string, sources: string, spec = shelve): string {
  const freight = `requestedFreight: [{ origin: { kind: Warehouse, name: w }, sources: ${sources} }]`;
  return `apiVersion: kargo.akuity.io/v1alpha1\nkind: Stage\nmetadata: { name: ${name}, namespace: p }\nspec:\n  ${freight}\n  ${spec}\n`;
}

function project(...stages: readonly string[]) {
  return { file: 'stages.yaml', text: stages.join('---\n') };
}

describe('the stages of a Kargo project', () => {
  it('become one workflow, in the order of their freight', () => {
    const result = imported(fixture('kargo.yaml'));

    const [workflow, ...others] = workflows(result);
    expect(others).toEqual([]);
    expect(workflow?.metadata).toEqual({ name: 'bookshop', namespace: 'bookshop' });
    // `crossing` deploys nothing: what comes after it comes after what is before it.
    expect(workflow?.spec.pipeline_stages.map(({ name, requires }) => [name, requires])).toEqual([
      ['build', undefined],
      ['deploy_window', ['build']],
      ['deploy_branch-north', ['deploy_window']],
      ['deploy_branch-south', ['deploy_window']],
      ['deploy_all-shops', ['deploy_branch-north', 'deploy_branch-south']],
    ]);
    expect(Object.keys(platform(result).spec.clusters)).toEqual([
      'window',
      'branch-north',
      'branch-south',
      'all-shops',
    ]);
  });

  it('are promoted as the policies of the project say, and by people otherwise', () => {
    const [workflow] = workflows(imported(fixture('kargo.yaml')));

    expect(workflow?.spec.environments).toMatchObject({
      window: { auto_promote: true },
      'branch-north': { auto_promote: true },
      // Its promotion waits for a pull request.
      'all-shops': { approval_required: true },
    });
    expect(workflow?.spec.environments?.['branch-north']).not.toHaveProperty('approval_required');
    const manual = imported(project(stageText('a', '{ direct: true }'), stageText('b', '{ stages: [a] }')));
    expect(workflows(manual)[0]?.spec.environments).toEqual({
      a: { cluster: 'a' },
      b: { cluster: 'b', approval_required: true },
    });
  });

  it('verify by conditions for as long as the next stage asks', () => {
    const result = imported(fixture('kargo.yaml'));

    expect(stage(result, 'deploy_window')).toMatchObject({
      validation: { duration: '30m', success_criteria: ['sales > 0.5'] },
    });
  });

  it('pause with all of the traffic where a stage has to soak and nothing is measured', () => {
    const result = imported(fixture('kargo.yaml'));

    expect(stage(result, 'deploy_branch-north')?.strategy).toEqual({
      canary: { steps: [{ weight: 100 }, { pause: '2h' }] },
    });
    expect(told(result, 'spec.requestedFreight[0].sources.requiredSoakTime')).toHaveLength(1);
  });

  it('ask a person where a verification cannot be done', () => {
    const web =
      'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: web, namespace: p }\nspec: { metrics: [{ name: web, provider: { web: {} } }] }\n';
    const verified = stageText(
      'a',
      '{ direct: true }',
      `${shelve}\n  verification: { analysisTemplates: [{ name: web }] }`,
    );

    const result = imported(project(verified, stageText('b', '{ stages: [a] }'), web));

    expect(workflows(result)[0]?.spec.environments?.a).toEqual({ cluster: 'a', auto_promote: false });
  });

  it('tell of each step of their promotions, once', () => {
    const { unsupported } = imported(fixture('kargo.yaml'));

    const steps = unsupported.filter(({ message }) => message.endsWith('is not run')).map(({ message }) => message);
    expect(steps).toEqual([
      '"git-clone" is not run',
      '"kustomize-set-image" is not run',
      '"git-push" is not run',
      '"argocd-update" is not run',
      '"git-open-pr" is not run',
      '"git-wait-for-pr" is not run',
    ]);
  });

  it.each([
    [
      'a stage that no file holds',
      project(stageText('b', '{ stages: [a] }')),
      { path: 'spec.requestedFreight[0].sources.stages[0]', message: 'the files hold no Stage "a"' },
    ],
    [
      'a task that no file holds',
      project(stageText('a', '{ direct: true }', 'promotionTemplate: { spec: { steps: [{ task: { name: gone } }] } }')),
      { message: 'the files hold no PromotionTask "gone"' },
    ],
    ['freight from nowhere', project(stageText('a', '{}')), { message: 'freight comes from nowhere' }],
    [
      'stages that promote nothing',
      project(stageText('a', '{ direct: true }', 'shard: x')),
      { message: 'no stage of the project promotes anything' },
    ],
    [
      'stages in a circle',
      project(stageText('a', '{ stages: [b] }'), stageText('b', '{ stages: [a] }')),
      { file: 'stages.yaml', path: 'spec.requestedFreight', message: expect.stringContaining('wait for each other') },
    ],
  ])('are refused for %s', (_, file, error) => {
    expect(importDocuments([file]).errors).toContainEqual(expect.objectContaining(error));
  });
});
