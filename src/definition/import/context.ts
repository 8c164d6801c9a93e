import type { z } from 'zod';
import { nearestName } from '../nearest-name';
import type { ForeignObject } from './foreign-object';
import type { PlatformDraft } from './platform-draft';
import { type Remedies, readFields } from './read-fields';
import type { ImportReport, Place } from './report';

/** What all converters share in one import. */
export interface ImportContext {
  readonly objects: readonly ForeignObject[];
  readonly report: ImportReport;
  readonly platform: PlatformDraft;
  /** What objects say that deploy to one environment without naming it. */
  readonly environment: string;
  /** Objects that others have referred to, and those that became a document: the rest is told at the end. */
  readonly used: Set<ForeignObject>;
  /** The server that measures the stage at hand. */
  readonly stage: { address: string | null };
}

/** For the next stage. */
export function withStage(context: ImportContext): ImportContext {
  return { ...context, stage: { address: null } };
}

/** `monitoring` of the environment of the stage at hand, once everything in it has been read. */
export function monitoringOf({ stage, platform }: ImportContext): { readonly monitoring?: string } {
  return stage.address === null ? {} : { monitoring: platform.source(stage.address) };
}

/** A stage is measured by one source: what another one would have to be asked for is told. */
export function takeSource({ stage, report }: ImportContext, address: string, place: Place, metric: string): boolean {
  stage.address ??= address;
  if (stage.address === address) return true;
  report.unsupported(
    place,
    `"${metric}" is measured by another server than the metrics before it: it is not watched`,
    'let one server answer for both (Thanos, Mimir, federation), or watch it in a stage of its own',
  );
  return false;
}

/** The object that a reference means; an error at the reference where the files do not hold it. */
export function refer(
  { objects, report, used }: ImportContext,
  kind: string,
  name: string,
  namespace: string | null,
  place: Place,
): ForeignObject | null {
  const ofKind = objects.filter((object) => object.kind === kind && object.group === groupOf[kind]);
  const named = ofKind.filter((object) => object.name === name);
  // A file need not say the namespace that kubectl is told.
  const found = named.find((object) => object.namespace === namespace) ?? named.find((one) => one.namespace === null);
  const meant = found ?? (namespace === null ? named[0] : undefined);
  if (meant) {
    used.add(meant);
    return meant;
  }
  const names = ofKind.map((object) => object.name);
  const expected = `the file that holds it beside the others: f0 import FILE FILE`;
  const where = named.length > 0 ? ` in the namespace ${namespace}` : '';
  report.error(place, `the files hold no ${kind} "${name}"${where}`, expected, where ? null : nearestName(name, names));
  return null;
}

const groupOf: Readonly<Record<string, string>> = {
  AnalysisTemplate: 'argoproj.io',
  ClusterAnalysisTemplate: 'argoproj.io',
  MetricTemplate: 'flagger.app',
  PromotionTask: 'kargo.akuity.io',
  ClusterPromotionTask: 'kargo.akuity.io',
};

/** The fields of an object that was referred to. */
export function readReferred<Schema extends z.ZodType>(
  context: ImportContext,
  schema: Schema,
  object: ForeignObject,
  remedies: Remedies,
): z.output<Schema> | null {
  return readFields(schema, object, remedies, context.report);
}
