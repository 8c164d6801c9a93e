import { readFile } from 'node:fs/promises';
import type { AlertIntake } from '../activities/alerts';
import { parseAlertmanagerWebhook } from '../activities/notify';
import type { SecretResolver } from '../activities/secrets';
import type { DecisionSigner } from '../client';
import { createOidcSignIn, type OidcSignIn } from '../console/access/oidc';
import type { HookParts } from '../console/routes/hooks';
import { createSlackHook, type SlackHookOptions } from '../console/slack-hook';
import { failure } from '../contracts/errors';
import type { Database } from '../database';
import { alertingConfigOf, loadDocuments, type ProductionPlatform } from '../definition';

/** The platform that a console serves. Throws `InvalidInput` with every fault of the document. */
export async function readConsolePlatform(file: string): Promise<ProductionPlatform> {
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
  return platform.value;
}

/** Sign-in by its identity provider; null: it names none. Throws what resolving its secret throws. */
export async function oidcOf(
  { spec: { identity } }: ProductionPlatform,
  secrets: SecretResolver,
  database: Database,
): Promise<OidcSignIn | null> {
  if (!identity?.oidc) return null;
  const { issuer, client_id, client_secret, scopes, name_claim, role_claim, roles } = identity.oidc;
  const settings = {
    issuer,
    clientId: client_id,
    clientSecret: client_secret === undefined ? null : await secrets.resolve(client_secret),
    scopes,
    nameClaim: name_claim,
    roleClaim: role_claim,
    roles,
  };
  return createOidcSignIn(settings, database);
}

/** Who presses buttons in Slack; null: the platform has no app there. Throws what resolving its secret throws. */
export async function slackOf(
  { spec: { identity } }: ProductionPlatform,
  secrets: SecretResolver,
  signer: DecisionSigner | null,
  parts: Pick<SlackHookOptions, 'client' | 'alerts' | 'onFault'>,
): Promise<HookParts['slack']> {
  if (!identity?.slack) return null;
  const { signing_secret, people } = identity.slack;
  const signAs = signer && ((claims: Parameters<DecisionSigner['as']>[0]) => signer.as(claims));
  return createSlackHook({ ...parts, signingSecret: await secrets.resolve(signing_secret), people, signAs });
}

/** Takes in what an Alertmanager sends, by the platform's routes; null: the platform has no alerting. */
export function alertmanagerOf(platform: ProductionPlatform, intake: AlertIntake): HookParts['alertmanager'] {
  const config = alertingConfigOf(platform);
  if (!config) return null;
  const { namespace } = platform.metadata;
  return (payload) => intake.raise(namespace, config, parseAlertmanagerWebhook(payload, namespace));
}
