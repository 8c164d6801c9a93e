import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedDocument, loadDocuments, type PlanRequest, planRelease } from '../../src/definition';
import type { DeploymentPlan, ReleasePlan } from '../../src/definition/release-plan';

const root = join(__dirname, '../..');

export function readExample(file: string) {
  return { file, text: readFileSync(join(root, 'examples', file), 'utf8') };
}

type Loaded<Kind> = Extract<LoadedDocument, { kind: Kind }>;

/** The one document of a text; a fault in it fails the test that uses it. */
export function load<Kind extends LoadedDocument['kind']>(kind: Kind, text: string): Loaded<Kind> {
  const { documents, errors } = loadDocuments([{ file: `${kind}.yaml`, text }]);
  expect(errors).toEqual([]);
  const found = documents.find((document): document is Loaded<Kind> => document.kind === kind);
  if (!found) throw new Error(`there is no ${kind}`);
  return found;
}

/** A workflow of these stages, with the environments staging and production. `spec` has further lines of `spec`. */
export function workflowText(stages: string, { name = 'shop', spec = '', environments = '' } = {}): string {
  const places = environments || 'staging: { cluster: staging-k8s }\nproduction: { cluster: prod-k8s }';
  return [
    'apiVersion: framework0.io/v1',
    'kind: ProductionWorkflow',
    `metadata: { name: ${name} }`,
    'spec:',
    indent(spec, 2),
    '  environments:',
    indent(places, 4),
    '  pipeline_stages:',
    indent(stages, 4),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export const build = '- { name: build, uses: exercise8/container-build }\n';

const appText = `
apiVersion: framework0.io/v1
kind: App
metadata: { name: shop }
spec:
  start: node server.js
  metrics: /metrics
  replicas: 4
  tests: { unit_tests: node --test, smoke: ./smoke }
`;

export function platformText(spec: string): string {
  const head = 'apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: local }\nspec:\n';
  return `${head}  clusters: { "*": { type: local } }\n${indent(spec, 2)}`;
}

/** What a plan is made of here where a test does not say otherwise. */
export function request(workflow: string, change: Partial<PlanRequest> & { platformText?: string } = {}): PlanRequest {
  const { platformText: platform, ...rest } = change;
  return {
    workflow: load('ProductionWorkflow', workflow),
    platform: platform === undefined ? null : load('ProductionPlatform', platform),
    app: load('App', appText),
    source: '/src/shop',
    release: '1.0.0',
    inputs: {},
    ...rest,
  };
}

/** The plan; errors fail the test. */
export function plan(workflow: string, change: Parameters<typeof request>[1] = {}): ReleasePlan {
  const result = planRelease(request(workflow, change));
  expect(result.errors).toEqual([]);
  if (!result.plan) throw new Error('there is no plan');
  return result.plan;
}

/** The deployment of the last stage. */
export function lastDeployment({ stages }: ReleasePlan): DeploymentPlan {
  const deployment = stages.at(-1)?.deployment;
  if (!deployment) throw new Error('the last stage deploys nothing');
  return deployment;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');
}
