import type { Remedies } from './read-fields';

const byManifests = 'leave it out: the target renders the manifests of the app with the digest of the release';
const byTarget = 'leave it out: the target applies what it renders, and waits until the cluster shows it';
const inGit = 'leave it out where f0 applies to the cluster itself';

export const stageRemedies: Remedies = {
  'spec.shard': 'set context of the cluster in the platform',
  'spec.vars': 'write them into env of the environment, or inputs of the workflow',
  'spec.targets': 'write a stage for each of them',
  'spec.promotionTemplate.spec.vars': 'write them into env of the environment, or inputs of the workflow',
  'spec.requestedFreight.sources.autoPromotionOptions': 'say concurrency of the environment: queue or supersede',
  'spec.verification.analysisRunMetadata': 'leave it out: an analysis is no object of the cluster',
};

export const taskRemedies: Remedies = {
  'spec.vars': 'write them into env of the environment, or inputs of the workflow',
};

export const projectRemedies: Remedies = {
  'spec.promotionPolicies.autoRollback': 'leave it out: a release that fails its validation is taken back',
  'spec.promotionPolicies.stageSelector.matchExpressions': 'say approval_required of each environment',
  'spec.promotionWindows': 'write freezes into the platform: stretches of time in which nothing is promoted',
  'spec.webhookReceivers': 'let the sender call f0 run, or the webhooks of the console',
  'spec.freightLinks': 'leave it out',
  'spec.stageLinks': 'leave it out',
};

/** By the name of a step's action, or by the beginning of it. */
const steps: readonly (readonly [prefix: string, remedy: string])[] = [
  ['git-wait-for-pr', 'approve at the gate of the stage: who merges the pull request is who approves'],
  ['git-merge-pr', 'approve at the gate of the stage: who merges the pull request is who approves'],
  ['git-open-pr', 'approve at the gate of the stage: who merges the pull request is who approves'],
  ['git-', inGit],
  ['kustomize-', byManifests],
  ['helm-', byManifests],
  ['yaml-', byManifests],
  ['json-', byManifests],
  ['toml-', byManifests],
  ['hcl-', byManifests],
  ['argocd-', byTarget],
  ['copy', byManifests],
  ['delete', byManifests],
  ['untar', byManifests],
  ['oci-', 'leave it out: the artifact of a release is content-addressed'],
  ['send-message', 'write channels into the platform'],
  ['set-metadata', 'leave it out: f0 history tells what ran where'],
  ['compose-output', 'leave it out with the steps that read its output'],
];

export function stepRemedy(uses: string): string {
  const found = steps.find(([prefix]) => uses.startsWith(prefix));
  return found?.[1] ?? 'run it as a command in a stage of its own, before or after this one';
}
