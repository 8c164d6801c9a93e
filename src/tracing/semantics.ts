import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_CICD_PIPELINE_NAME,
  ATTR_CICD_PIPELINE_RUN_ID,
  ATTR_CICD_PIPELINE_TASK_NAME,
  ATTR_CICD_PIPELINE_TASK_RUN_ID,
  ATTR_CICD_PIPELINE_TASK_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_DEPLOYMENT_ID,
  ATTR_DEPLOYMENT_NAME,
  CICD_PIPELINE_TASK_TYPE_VALUE_BUILD,
  CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
  CICD_PIPELINE_TASK_TYPE_VALUE_TEST,
} from '@opentelemetry/semantic-conventions/incubating';

export interface ExecutionOfSpan {
  readonly workflowId: string;
  readonly runId: string;
}

/** What the semantic conventions for CI/CD say of an activity; what is not named here has no type in them. */
const taskTypes: Readonly<Record<string, string>> = {
  buildArtifact: CICD_PIPELINE_TASK_TYPE_VALUE_BUILD,
  runCommand: CICD_PIPELINE_TASK_TYPE_VALUE_TEST,
  prepareRelease: CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
  shiftTraffic: CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
  bringBackRelease: CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
  promoteRelease: CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
  retireRelease: CICD_PIPELINE_TASK_TYPE_VALUE_DEPLOY,
};

/**
 * The attributes of a workflow's spans, from its id (src/contracts/ids.ts): of a run those of a pipeline, of a deployment,
 * its guardian and its rollback those of a deployment.
 *
 * @param root the workflow that it all began with: its execution is the pipeline run
 */
export function workflowAttributes({ workflowId, runId }: ExecutionOfSpan, root?: ExecutionOfSpan): Attributes {
  const [kind, , first = '', second = '', release = ''] = workflowId.split('/');
  const started = root ?? { workflowId, runId };
  const [startedKind, , pipeline = ''] = started.workflowId.split('/');
  const ofRun: Attributes =
    startedKind === 'pipeline'
      ? { [ATTR_CICD_PIPELINE_NAME]: pipeline, [ATTR_CICD_PIPELINE_RUN_ID]: started.runId }
      : {};
  switch (kind) {
    case 'deployment':
    case 'rollback':
    case 'guardian':
      return {
        ...ofRun,
        [ATTR_DEPLOYMENT_ID]: workflowId,
        [ATTR_DEPLOYMENT_NAME]: `${first} ${release}`,
        [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: second,
      };
    case 'environment':
    case 'drift':
      return { ...ofRun, [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: first };
    default:
      return ofRun;
  }
}

/** @param root as of `workflowAttributes` */
export function activityAttributes(
  activityType: string,
  activityId: string,
  execution: ExecutionOfSpan,
  root?: ExecutionOfSpan,
): Attributes {
  const type = taskTypes[activityType];
  return {
    ...workflowAttributes(execution, root),
    [ATTR_CICD_PIPELINE_TASK_NAME]: activityType,
    [ATTR_CICD_PIPELINE_TASK_RUN_ID]: `${execution.runId}/${activityId}`,
    ...(type === undefined ? {} : { [ATTR_CICD_PIPELINE_TASK_TYPE]: type }),
  };
}
