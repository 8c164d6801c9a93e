import type { z } from 'zod';
import { actions } from '../actions';
import { apiVersion } from '../schema/document';
import type { productionWorkflow } from '../schema/production-workflow';
import type { ForeignObject } from './foreign-object';
import type { ImportReport } from './report';

export type WorkflowDocument = z.input<typeof productionWorkflow>;
type Spec = WorkflowDocument['spec'];
export type StageDocument = Spec['pipeline_stages'][number];
export type EnvironmentDocument = NonNullable<Spec['environments']>[string];
type Strategy = Exclude<NonNullable<StageDocument['strategy']>, string>;
export type CanaryStep = NonNullable<NonNullable<Strategy['canary']>['steps']>[number];

/** Everything downstream deploys by digest what this one makes. */
export const buildStage: StageDocument = { name: 'build', uses: actions[0] };

const longestName = 63;

/** Names end up in workflow ids and labels: shorter than Kubernetes allows. */
export function cutName(text: string): string {
  return text.length <= longestName ? text : text.slice(0, longestName).replace(/[^A-Za-z0-9]+$/, '');
}

export function shortName(text: string, object: ForeignObject, report: ImportReport): string {
  const name = cutName(text);
  if (name === text) return text;
  const place = { object, path: ['metadata', 'name'] };
  report.unsupported(
    place,
    `a name has at most ${longestName} letters: it is cut to "${name}"`,
    'choose a shorter one',
  );
  return name;
}

/** The workflow of one object that deploys one app to one environment. */
export function workflowOf(
  object: ForeignObject,
  environmentName: string,
  environment: EnvironmentDocument,
  stage: Omit<StageDocument, 'name' | 'environment' | 'requires'> & { readonly asksFirst: boolean },
  report: ImportReport,
): WorkflowDocument {
  const { asksFirst, ...fields } = stage;
  const hasLabels = Object.keys(object.labels).length > 0;
  return {
    apiVersion,
    kind: 'ProductionWorkflow',
    metadata: {
      name: shortName(object.name, object, report),
      ...(object.namespace === null ? {} : { namespace: object.namespace }),
      ...(hasLabels ? { labels: { ...object.labels } } : {}),
    },
    spec: {
      environments: { [environmentName]: environment },
      pipeline_stages: [
        buildStage,
        {
          name: `deploy_${environmentName}`,
          environment: environmentName,
          requires: ['build', ...(asksFirst ? ['manual_approval'] : [])],
          ...fields,
        },
      ],
    },
  };
}
