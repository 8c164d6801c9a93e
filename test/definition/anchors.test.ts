import { loadDocuments } from '../../src/definition';
import { build, workflowText } from './support';

const check = (environments: string) =>
  loadDocuments([
    {
      file: 'workflow.yaml',
      text: workflowText(
        `${build}- { name: to_staging, environment: staging }\n- { name: to_production, environment: production }`,
        { environments },
      ),
    },
  ]);

describe('anchors', () => {
  it('stand for what they name, and a map may take over others', () => {
    const { documents, errors } = check(
      'staging: &place { cluster: a, replicas: 2, env: &env { MODE: fast } }\nproduction: { <<: *place, cluster: b, env: { <<: [*env], LOG: "1" } }',
    );

    expect(errors).toEqual([]);
    expect(documents).toMatchObject([
      {
        value: {
          spec: { environments: { production: { cluster: 'b', replicas: 2, env: { MODE: 'fast', LOG: '1' } } } },
        },
      },
    ]);
  });

  it('are where a fault is that several places share, and it is told once', () => {
    const { errors } = check('staging: &place { cluster: a, replicas: many }\nproduction: { <<: *place }');

    expect(errors).toMatchObject([
      { line: 6, column: 45, path: 'spec.environments.staging.replicas', message: '"many" is text' },
    ]);
  });

  it('must be maps where one is taken over', () => {
    expect(check('staging: { cluster: &name a }\nproduction: { <<: *name }').errors).toMatchObject([
      { message: 'a "<<" takes over what is no map' },
    ]);
  });
});
