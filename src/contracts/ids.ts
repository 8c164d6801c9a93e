/** Workflow ids. Same id = same thing: a release started twice is one run, an environment has one keeper. */

export interface ReleaseName {
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
}

export function pipelineWorkflowId({ namespace, name, release }: ReleaseName): string {
  return `pipeline/${namespace}/${name}/${release}`;
}

export function environmentWorkflowId({ namespace, environment }: { namespace: string; environment: string }): string {
  return `environment/${namespace}/${environment}`;
}

export interface DeploymentName {
  readonly namespace: string;
  readonly app: string;
  readonly environment: string;
  readonly release: string;
}

export function deploymentWorkflowId({ namespace, app, environment, release }: DeploymentName): string {
  return `deployment/${namespace}/${app}/${environment}/${release}`;
}

/** A rollback asked for after the release's own run has ended. */
export function rollbackWorkflowId({ namespace, app, environment, release }: DeploymentName): string {
  return `rollback/${namespace}/${app}/${environment}/${release}`;
}

/** One plan has one preview at a time, whoever asks; another plan of the same release has another one. */
export function previewWorkflowId({ namespace, name, release, hash }: ReleaseName & { readonly hash: string }): string {
  return `preview/${namespace}/${name}/${release}/${hash.slice(0, 12)}`;
}

/** To look and to heal are two things: who only looks does not get the answer of who heals. */
export function driftWorkflowId(ref: { namespace: string; environment: string; heal: boolean }): string {
  return `drift/${ref.namespace}/${ref.environment}/${ref.heal ? 'heal' : 'look'}`;
}

export function guardianWorkflowId({ namespace, app, environment, release }: DeploymentName): string {
  return `guardian/${namespace}/${app}/${environment}/${release}`;
}

/** A release may be deployed again: each time its marks on graphs are others. */
export function deployEventsWorkflowId({
  namespace,
  app,
  environment,
  release,
  run,
}: DeploymentName & { readonly run: string }): string {
  return `deploy-events/${namespace}/${app}/${environment}/${release}/${run}`;
}

/** The keeper of a namespace's alerts. */
export function alertingWorkflowId({ namespace }: { readonly namespace: string }): string {
  return `alerting/${namespace}`;
}
