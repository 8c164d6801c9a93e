import type { Remedies } from './read-fields';

const inManifests = 'it stays in the Deployment of the manifests that spec.kubernetes of f0.app.yaml names';
const inRoutes = 'it stays in the manifests: the target moves the weights of the route that the app has';
const oneService =
  'name the Service in spec.kubernetes.service of f0.app.yaml: one is enough, its selector is switched';
const watched =
  'the analysis holds while something cannot be measured and then asks: see on_inconclusive of validation';
const toPrometheus = 'measure the same with PromQL, in queries of a metric source of the platform';

export const rolloutRemedies: Remedies = {
  'spec.template': `write it as a Deployment: ${inManifests}`,
  'spec.selector': inManifests,
  'spec.minReadySeconds': inManifests,
  'spec.revisionHistoryLimit': inManifests,
  'spec.workloadRef': 'name the Deployment in spec.kubernetes.workload of f0.app.yaml',
  'spec.rollbackWindow': 'leave it out: a rollback goes to the last verified release, whatever its age',
  'spec.paused': 'hold promotions with f0 freeze, or a freeze in the platform',
  'spec.progressDeadlineAbort': 'leave it out: a release that passes progress_deadline is taken back',
  'spec.restartAt': 'restart the Deployment by kubectl',
  'spec.analysis': 'leave it out: every analysis stays in the history of its run',
  'spec.strategy.canary.canaryService': oneService,
  'spec.strategy.canary.stableService': oneService,
  'spec.strategy.canary.maxSurge': inManifests,
  'spec.strategy.canary.maxUnavailable': inManifests,
  'spec.strategy.canary.antiAffinity': inManifests,
  'spec.strategy.canary.canaryMetadata': 'select by the labels framework0.io/release and framework0.io/app',
  'spec.strategy.canary.stableMetadata': 'select by the labels framework0.io/release and framework0.io/app',
  'spec.strategy.canary.abortScaleDownDelaySeconds': 'leave it out: a release taken back goes at once',
  'spec.strategy.canary.dynamicStableScale': 'leave it out: the old release stays whole until retire_after is over',
  'spec.strategy.canary.minPodsPerReplicaSet': 'say replicas of the environment so that each weight has enough',
  'spec.strategy.canary.pingPong': oneService,
  'spec.strategy.canary.trafficRouting': inRoutes,
  'spec.strategy.canary.steps.setCanaryScale': 'leave it out: replicas follow the weight',
  'spec.strategy.canary.steps.setHeaderRoute': 'test the release in an environment before this one',
  'spec.strategy.canary.steps.setMirrorRoute': 'test the release in an environment before this one',
  'spec.strategy.blueGreen.activeService': oneService,
  'spec.strategy.blueGreen.previewService': 'test the release in an environment before this one',
  'spec.strategy.blueGreen.previewReplicaCount': 'leave it out: the new release is whole before it gets traffic',
  'spec.strategy.blueGreen.autoPromotionSeconds': 'deploy to an environment before this one, with a validation',
  'spec.strategy.blueGreen.maxUnavailable': inManifests,
  'spec.strategy.blueGreen.antiAffinity': inManifests,
  measurementRetention: 'leave it out: measurements stay in the metric source',
  analysisRunMetadata: 'leave it out: an analysis is no object of the cluster',
  scaleDownDelayRevisionLimit: 'leave it out: one old release is kept, for retire_after',
};

export const templateRemedies: Remedies = {
  'spec.metrics.initialDelay': 'put a pause before the analyze step',
  'spec.metrics.inconclusiveLimit': watched,
  'spec.metrics.consecutiveErrorLimit': watched,
  'spec.metrics.consecutiveSuccessLimit': 'write "for DURATION" behind the condition',
  'spec.metrics.provider.prometheus.authentication': 'name a secret in the metric source: secret://...',
  'spec.metrics.provider.prometheus.headers': 'name a secret in the metric source: secret://...',
  'spec.metrics.provider.prometheus.insecure': 'give the server a certificate that the workers trust',
  'spec.metrics.provider.prometheus.timeout': 'leave it out: a query has 5 seconds',
  'spec.metrics.provider.prometheus.rangeQuery': 'write the range into the query, with functions such as avg_over_time',
  'spec.metrics.provider.job': 'run it as a stage of its own: a command, or tests of f0.app.yaml',
  'spec.metrics.provider.web': 'call it in a stage of its own: a command that fails when the answer is wrong',
  'spec.metrics.provider': toPrometheus,
  measurementRetention: 'leave it out: measurements stay in the metric source',
};
