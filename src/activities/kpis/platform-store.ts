import { failure } from '../../contracts/errors';
import { answering, type Database } from '../../database';
import { type KpiPlan, loadDocuments, planKpis } from '../../definition';
import type { ProductionPlatform } from '../../definition/schema/production-platform';
import type { AppliedPlatform, PlatformStore } from './port';

export function createPlatformStore({ db }: Database, now: () => number = Date.now): PlatformStore {
  return {
    apply: (platform, by) =>
      answering(async () => {
        const { namespace, name } = platform.metadata;
        const row = { name, document: JSON.stringify(platform), applied_at: now(), applied_by: by };
        await db
          .insertInto('platforms')
          .values({ namespace, ...row })
          .onConflict((on) => on.column('namespace').doUpdateSet(row))
          .execute();
        return { namespace, name, appliedAt: new Date(row.applied_at).toISOString(), appliedBy: by };
      }),
    list: () =>
      answering(async () => {
        const rows = await db.selectFrom('platforms').selectAll().orderBy('namespace').execute();
        return rows.map(
          ({ namespace, name, applied_at: at, applied_by: appliedBy }): AppliedPlatform => ({
            namespace,
            name,
            appliedAt: new Date(at).toISOString(),
            appliedBy,
          }),
        );
      }),
    plans: () =>
      answering(async () => {
        const rows = await db.selectFrom('platforms').select('document').orderBy('namespace').execute();
        return rows.flatMap(({ document }) => planOf(document) ?? []);
      }),
  };
}

/** Null: a later version of the language does not take the document any more; it is to be applied again. */
function planOf(document: string): KpiPlan | null {
  const platform = readPlatform(document, 'platform');
  return 'errors' in platform ? null : planKpis(platform.value);
}

/** The one platform of a text, checked by the language's rules; else what is wrong with it. */
export function readPlatform(
  text: string,
  file: string,
): { readonly value: ProductionPlatform } | { readonly errors: ReturnType<typeof loadDocuments>['errors'] } {
  const { documents, errors } = loadDocuments([{ file, text }]);
  if (errors.length > 0) return { errors };
  const platforms = documents.filter((document) => document.kind === 'ProductionPlatform');
  const [platform] = platforms;
  if (platform && platforms.length === 1) return { value: platform.value };
  throw failure(
    'InvalidInput',
    `${file} holds ${platforms.length} documents of kind ProductionPlatform: one is applied at a time`,
  );
}
