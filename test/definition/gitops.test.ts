import { loadDocuments, planRelease } from '../../src/definition';
import { build, lastDeployment, load, request, workflowText } from './support';

const app = `apiVersion: framework0.io/v1
kind: App
metadata: { name: shop }
spec:
  start: node server.js
  kubernetes: { manifests: k8s, image: registry.example.com/teashop/shop }
`;
const repository = 'https://git.example.com/team/apps.git';
const platform = (gitops: string) =>
  `apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: p }\nspec:\n  clusters: { a: { type: kubernetes, gitops: ${gitops} } }`;

function planned(environment: string, stage = '') {
  const stages = `${build}- { name: staging, environment: staging${stage} }`;
  return planRelease({
    ...request(workflowText(stages, { environments: `staging: { cluster: a${environment} }` })),
    platform: load('ProductionPlatform', platform(`{ repository: "${repository}", path: "apps/{{app}}" }`)),
    app: load('App', app),
  });
}

describe('gitops of a cluster', () => {
  it('is kept in the plan, with its defaults', () => {
    const { plan, errors } = planned('');
    expect(errors).toEqual([]);
    expect(plan && lastDeployment(plan).cluster.settings).toEqual({
      router: 'auto',
      gitops: {
        repository,
        path: 'apps/{{app}}',
        branch: 'main',
        mode: 'commit',
        rollback: 'commit',
        author: { name: 'Framework0', email: 'framework0@localhost' },
      },
    });
  });

  it.each([
    [`{ repository: "${repository}", path: ../x }`, '"../x" is not valid'],
    [`{ repository: "${repository}", path: x, branch: a..b }`, '"a..b" is not valid'],
    [`{ repository: "--upload-pack=x", path: x }`, '"--upload-pack=x" is not valid'],
    [`{ repository: "ext::sh -c x", path: x }`, '"ext::sh -c x" is not valid'],
    [
      `{ repository: "https://me:pw@git.example.com/x", path: x }`,
      'has a user or password in it, which has no place in a document',
    ],
    [
      `{ repository: "http://git.example.com/x", path: x, secret: "secret://env/T" }`,
      'would be sent in the clear, or to nobody',
    ],
    [
      `{ repository: "git@git.example.com:x", path: x, secret: "secret://env/T" }`,
      'would be sent in the clear, or to nobody',
    ],
    [`{ repository: "${repository}", path: x, mode: push }`, '"push" is not valid'],
    [
      `{ repository: "${repository}", path: x, rollback: pull_request }`,
      'would have a way back wait for people where the way there does not',
    ],
  ])('%s is refused', (gitops, message) => {
    const { errors } = loadDocuments([{ file: 'a.yaml', text: platform(gitops) }]);
    expect(errors.map((one) => one.message)).toEqual([message]);
  });

  it.each([
    ['', ', strategy: blue_green', 'cannot do blue_green'],
    [', deployment_strategy: canary', '', 'cannot do canary'],
    ['', ', strategy: { canary: { steps: [{ weight: 5 }] } }', 'cannot do canary'],
    [', deployment_strategy: recreate', '', 'cannot do recreate'],
    [', env: { A: b }', '', 'its pods have the variables that the repository gives them'],
  ])('refuses what it cannot do: %s%s', (environment, stage, message) => {
    const { errors } = planned(environment, stage);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain(message);
  });

  it.each(['', ', deployment_strategy: rolling'])('can do rolling%s', (environment) => {
    expect(planned(environment).errors).toEqual([]);
  });

  it('warns of what has no effect', () => {
    const stages = `${build}- { name: staging, environment: staging, env: { A: b } }`;
    const { warnings } = loadDocuments([
      { file: 'w.yaml', text: workflowText(stages, { environments: 'staging: { cluster: a, replicas: 4 }' }) },
      { file: 'p.yaml', text: platform(`{ repository: "${repository}", path: x }`) },
      { file: 'f0.app.yaml', text: app },
    ]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("the number of replicas is the repository's"),
      expect.stringContaining('these reach the commands of the stage, and no pod'),
    ]);
  });
});
