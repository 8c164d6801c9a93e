import { type LoadedDocument, loadDocuments, planRelease, type Source, stepTitle } from '../../definition';
import type { StagePlan } from '../../definition/release-plan';
import type { PlanPreview } from '../api';
import { HttpError } from '../errors';
import { outlineOf } from './run-detail';

export interface PastedDocument {
  readonly name: string;
  readonly text: string;
}

type Kind = LoadedDocument['kind'];
type OfKind<K extends Kind> = Extract<LoadedDocument, { kind: K }>;

/** Shown nowhere, and started nowhere. */
const release = '0.0.0-preview';

/** What pasted documents would do. Reads no file and changes nothing. */
export function planPreview(pasted: readonly PastedDocument[]): PlanPreview {
  const sources = pasted.map(({ name, text }): Source => ({ file: name, text }));
  const loaded = loadDocuments(sources);
  if (loaded.errors.length > 0) return { diagnostics: loaded.errors, stages: null };
  const workflow = onlyOne(ofKind(loaded.documents, 'ProductionWorkflow'), 'ProductionWorkflow');
  if (!workflow) throw new HttpError(400, 'InvalidInput', 'there is no ProductionWorkflow among the documents');
  const { plan, errors, warnings } = planRelease({
    workflow,
    platform: onlyOne(ofKind(loaded.documents, 'ProductionPlatform'), 'ProductionPlatform') ?? null,
    app: onlyOne(ofKind(loaded.documents, 'App'), 'App') ?? assumedApp(workflow),
    source: '/',
    release,
    inputs: {},
  });
  return {
    diagnostics: [...errors, ...loaded.warnings, ...warnings],
    stages: plan?.stages.map((stage) => ({ ...outlineOf(stage), steps: stepsOf(stage) })) ?? null,
  };
}

/** Who pastes a workflow alone does not ask about its app: it is taken to have every test that the stages name. */
function assumedApp({ value }: OfKind<'ProductionWorkflow'>): OfKind<'App'> {
  const tests = value.spec.pipeline_stages.flatMap((stage) => stage.tests);
  const document = {
    apiVersion: 'framework0.io/v1',
    kind: 'App',
    metadata: { name: value.metadata.name },
    spec: { start: 'assumed', tests: Object.fromEntries(tests.map((test) => [test, 'assumed'])) },
  };
  const [app] = ofKind(loadDocuments([{ file: 'f0.app.yaml', text: JSON.stringify(document) }]).documents, 'App');
  if (!app) throw new HttpError(400, 'InvalidInput', 'the tests of the stages are no names that an app could have');
  return app;
}

function stepsOf({ skip, build, commands, deployment }: StagePlan): readonly string[] {
  if (skip !== null) return [`skipped: ${skip}`];
  const regions = (deployment?.waves ?? []).flatMap((wave, index) =>
    wave.regions.map(({ region }) => `wave ${index + 1}: ${region}`),
  );
  return [
    ...(build ? [`${build.provider}/${build.action}`] : []),
    ...commands.map(({ name }) => name),
    ...(deployment?.steps ?? []).map(stepTitle),
    ...regions,
  ];
}

function ofKind<K extends Kind>(documents: readonly LoadedDocument[], kind: K): readonly OfKind<K>[] {
  return documents.filter((document): document is OfKind<K> => document.kind === kind);
}

function onlyOne<T>(all: readonly T[], kind: string): T | undefined {
  if (all.length > 1)
    throw new HttpError(400, 'InvalidInput', `there are ${all.length} documents of kind ${kind}: paste one`);
  return all[0];
}
