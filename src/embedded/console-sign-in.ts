import { readFile } from 'node:fs/promises';
import { createSecretResolver } from '../activities/secrets';
import { createOidcSignIn, type OidcSignIn } from '../console/access/oidc';
import { failure } from '../contracts/errors';
import type { Database } from '../database';
import { loadDocuments } from '../definition';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Sign-in by the identity provider that the platform's document names; null: it names none.
 * Throws `InvalidInput` with every fault of the document, and what resolving its secret throws.
 */
export async function oidcOf(file: string, env: Env, database: Database): Promise<OidcSignIn | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw failure('InvalidInput', `${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  const { documents, errors } = loadDocuments([{ file, text }]);
  if (errors.length > 0) {
    const faults = errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    throw failure('InvalidInput', faults.join('\n'));
  }
  const platform = documents.find((document) => document.kind === 'ProductionPlatform');
  if (!platform) throw failure('InvalidInput', `${file} holds no ProductionPlatform`);
  const oidc = platform.value.spec.identity?.oidc;
  if (!oidc) return null;
  const secrets = createSecretResolver({ env, folder: env.F0_SECRETS ?? null });
  const settings = {
    issuer: oidc.issuer,
    clientId: oidc.client_id,
    clientSecret: oidc.client_secret === undefined ? null : await secrets.resolve(oidc.client_secret),
    scopes: oidc.scopes,
    nameClaim: oidc.name_claim,
    roleClaim: oidc.role_claim,
    roles: oidc.roles,
  };
  return createOidcSignIn(settings, database);
}
