import type { Diagnostic } from '../diagnostic';
import { loadDocuments } from '../load';
import type { Source } from '../read-text';
import { importRollout } from './argo-rollouts';
import type { ImportContext } from './context';
import { documentsText } from './documents-text';
import { importCanary } from './flagger';
import { type ForeignObject, readObjects } from './foreign-object';
import { importKargo } from './kargo';
import { type PlatformDocument, PlatformDraft } from './platform-draft';
import { ImportReport, type Unsupported } from './report';
import type { WorkflowDocument } from './workflow-draft';

export type { Unsupported } from './report';

export interface ImportOptions {
  /** Where objects that name no environment deploy to. @default production */
  readonly environment?: string;
}

export interface ImportResult {
  /** The workflows, and the platform that they need; none where there are errors. */
  readonly documents: readonly (WorkflowDocument | PlatformDocument)[];
  /** The same as YAML, as a person keeps it. */
  readonly text: string;
  /** What has no counterpart, in the order of the files. */
  readonly unsupported: readonly Unsupported[];
  readonly errors: readonly Diagnostic[];
}

/**
 * Turns objects of Argo Rollouts, Flagger and Kargo into documents of ours, and tells of each field that has no
 * counterpart. What comes out has passed the check of `f0 validate`. Pure; never throws.
 */
export function importDocuments(
  files: readonly Source[],
  { environment = 'production' }: ImportOptions = {},
): ImportResult {
  const report = new ImportReport();
  const objects = readObjects(files, report);
  const platform = new PlatformDraft();
  const context: ImportContext = { objects, report, platform, environment, used: new Set(), stage: { address: null } };
  const workflows = [
    ...ofKind(objects, 'argoproj.io', 'Rollout').flatMap((object) => importRollout(object, context) ?? []),
    ...ofKind(objects, 'flagger.app', 'Canary').flatMap((object) => importCanary(object, context) ?? []),
    ...importKargo(context),
  ];
  if (workflows.length === 0 && !report.failed) nothingFound(files, objects, report);
  tellOfTheRest(context);

  const first = workflows[0];
  const documents = first
    ? [...workflows, platform.document(workflows.length === 1 ? first.metadata.name : 'imported')]
    : [];
  const text = documents.length === 0 ? '' : documentsText(documents, files);
  // What cannot be told while fields are read: names that clash, orders that do not end.
  if (!report.failed && text !== '') report.add(loadDocuments([{ file: 'the imported document', text }]).errors);
  const order = files.map(({ file }) => file);
  const unsupported = report.all(order);
  const errors = report.errors(order);
  return report.failed ? { documents: [], text: '', unsupported, errors } : { documents, text, unsupported, errors };
}

function ofKind(objects: readonly ForeignObject[], group: string, kind: string): readonly ForeignObject[] {
  return objects.filter((object) => object.group === group && object.kind === kind);
}

/** Kinds that become a workflow, and those that are read only because one of these refers to them. */
const imported = ['argoproj.io/Rollout', 'flagger.app/Canary', 'kargo.akuity.io/Stage'];
const referred = [
  'argoproj.io/AnalysisTemplate',
  'argoproj.io/ClusterAnalysisTemplate',
  'flagger.app/MetricTemplate',
  'kargo.akuity.io/PromotionTask',
  'kargo.akuity.io/ClusterPromotionTask',
];

const inManifests = 'keep it in the manifests that spec.kubernetes of f0.app.yaml names';
const remedies: Readonly<Record<string, string>> = {
  'argoproj.io/AnalysisRun': 'leave it out: it is the record of one analysis',
  'argoproj.io/Experiment':
    'say rollback_threshold of the environment: its judge compares the release with the one before',
  'flagger.app/AlertProvider': 'write a channel into the platform',
  'kargo.akuity.io/Freight': 'leave it out: it is one release',
  'kargo.akuity.io/Promotion': 'leave it out: it is the record of one promotion',
  'kargo.akuity.io/Warehouse': 'let the pipeline that makes an artifact call f0 run, or a webhook of the console',
};

function nothingFound(files: readonly Source[], objects: readonly ForeignObject[], report: ImportReport): void {
  const expected = 'a Rollout (argoproj.io), a Canary (flagger.app) or Stages (kargo.akuity.io)';
  for (const object of objects) {
    const message = `a ${object.kind} of ${object.group === '' ? 'Kubernetes itself' : object.group} is no workflow`;
    report.error({ object, path: ['kind'] }, message, expected);
  }
  if (objects.length > 0) return;
  report.add(
    files.map(({ file }) => ({
      file,
      line: 1,
      column: 1,
      path: '',
      message: 'there is nothing to import',
      expected,
      suggestion: null,
    })),
  );
}

/** Objects of other kinds, and templates that nobody asks for. */
function tellOfTheRest({ objects, used, report }: ImportContext): void {
  for (const object of objects) {
    const identity = `${object.group}/${object.kind}`;
    if (used.has(object) || imported.includes(identity)) continue;
    const place = { object, path: ['kind'] };
    if (referred.includes(identity)) {
      report.unsupported(place, `nothing in the files uses the ${object.kind} "${object.name}"`, 'leave it out');
    } else {
      report.unsupported(place, `a ${object.kind} is no part of a workflow`, remedies[identity] ?? inManifests);
    }
  }
}
