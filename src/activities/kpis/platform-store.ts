import { randomUUID } from 'node:crypto';
import { failure } from '../../contracts/errors';
import { answering, type Database } from '../../database';
import { alertingConfigOf, loadDocuments, type ProductionPlatform, planKpis } from '../../definition';
import type { AuditLog } from '../audit';
import { ParsedOnce } from './parsed-once';
import type { AppliedPlatform, PlatformStore, PlatformText } from './port';

export interface PlatformStoreOptions {
  readonly database: Database;
  readonly audit: Pick<AuditLog, 'append'>;
  /** @default Date.now */
  readonly now?: () => number;
}

export function createPlatformStore({ database, audit, now = Date.now }: PlatformStoreOptions): PlatformStore {
  const { db } = database;
  const parsed = new ParsedOnce(platformOf);
  const kept = () =>
    answering(async () => {
      const rows = await db.selectFrom('platforms').select('document').orderBy('namespace').execute();
      return parsed.all(rows.map(({ document }) => document)).flat();
    });
  return {
    apply: async (source, by) => {
      const platform = readPlatform(source);
      const { namespace, name } = platform.metadata;
      const row = { name, document: JSON.stringify(platform), applied_at: now(), applied_by: by.name };
      await answering(() =>
        db
          .insertInto('platforms')
          .values({ namespace, ...row })
          .onConflict((on) => on.column('namespace').doUpdateSet(row))
          .execute(),
      );
      const appliedAt = new Date(row.applied_at).toISOString();
      await audit.append([
        {
          key: `platform/${randomUUID()}`,
          at: appliedAt,
          actor: by,
          action: 'platform.applied',
          workflowId: `platform/${namespace}`,
          namespace,
          reason: `platform ${name} was applied to namespace ${namespace}`,
        },
      ]);
      return { namespace, name, appliedAt, appliedBy: by.name };
    },
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
    plans: async () => (await kept()).map(planKpis),
    alerting: async () =>
      new Map(
        (await kept()).flatMap((platform) => {
          const config = alertingConfigOf(platform);
          return config ? [[platform.metadata.namespace, config] as const] : [];
        }),
      ),
  };
}

/** None: this version of the language does not take the document any more; it is to be applied again. */
function platformOf(text: string): readonly ProductionPlatform[] {
  const [document] = loadDocuments([{ file: 'platform', text }]).documents;
  return document?.kind === 'ProductionPlatform' ? [document.value] : [];
}

function readPlatform(source: PlatformText): ProductionPlatform {
  const { documents, errors } = loadDocuments([source]);
  const [first] = errors;
  if (first) {
    const { file, line, column, path, message } = first;
    const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
    throw failure('InvalidInput', `${file}:${line}:${column} ${path}: ${message}${more}`);
  }
  const platforms = documents.flatMap((document) => (document.kind === 'ProductionPlatform' ? [document.value] : []));
  const [platform] = platforms;
  if (platform && platforms.length === 1) return platform;
  throw failure(
    'InvalidInput',
    `${source.file} holds ${platforms.length} documents of kind ProductionPlatform: one is applied at a time`,
  );
}
