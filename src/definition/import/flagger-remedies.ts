import type { WebhookType } from './flagger-schema';
import type { Remedies } from './read-fields';

export const canaryRemedies: Remedies = {
  'spec.autoscalerRef': 'keep the autoscaler in the manifests, and leave replicas of the environment out',
  'spec.upstreamRef': 'keep the route in the manifests; router of the cluster says what moves the weights',
  'spec.suspend': 'hold promotions with f0 freeze, or a freeze in the platform',
  'spec.revertOnDeletion': 'leave it out: f0 rollback takes a release out at any time',
  analysis: 'leave it out, or write it as conditions',
  alerts: 'write channels into the platform',
  mirror: 'test the release in an environment before this one',
  mirrorWeight: 'test the release in an environment before this one',
  sessionAffinity: 'say it in the route of the manifests',
  stepWeightPromotion: 'write the weights up to 100 as steps',
  primaryReadyThreshold: 'leave it out: all replicas are ready before traffic is moved',
  canaryReadyThreshold: 'leave it out: all replicas are ready before traffic is moved',
};

export const metricTemplateRemedies: Remedies = {
  'spec.provider.secretRef': 'name a secret in the metric source: secret://...',
  'spec.provider.headers': 'name a secret in the metric source: secret://...',
  'spec.provider.region': 'measure the same with PromQL, in queries of a metric source of the platform',
  'spec.provider.insecureSkipVerify': 'give the server a certificate that the workers trust',
};

/** The hooks that are no confirmation. */
export const hookRemedies: Readonly<Partial<Record<WebhookType, string>>> = {
  rollout: 'for load say synthetic_traffic in f0.app.yaml; for a check write a condition',
  'pre-rollout': 'run it as a stage before this one: a command, or tests of f0.app.yaml',
  'post-rollout': 'run it as a stage after this one: a command, or tests of f0.app.yaml',
  event: 'write a channel of type webhook into the platform',
  rollback: 'call f0 rollback, or write a condition into rollback_triggers',
};
