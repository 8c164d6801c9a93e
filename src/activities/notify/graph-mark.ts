import { createHash } from 'node:crypto';
import type { DeployEvent, Notification } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import type { AlertChannel } from './port';

export interface GraphChannelOptions {
  readonly secrets: SecretResolver;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
}

/** The beginning or the end of a deployment, as graphs are marked with it. */
export interface GraphMark extends DeployEvent {
  /** The same for the beginning and the end; short enough for a tag. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly at: string;
  readonly namespace: string;
  readonly environment: string;
  readonly release: string;
}

/** Null: the notification is for people. */
export function graphMarkOf({ deployment, title, text, at, ...where }: Notification): GraphMark | null {
  if (!deployment) return null;
  const key = `f0-${createHash('sha256').update(deployment.id).digest('hex').slice(0, 32)}`;
  const { namespace, release, environment } = where;
  return { ...deployment, key, title, text, at, namespace, release, environment: environment ?? '' };
}

/** A channel's plan has one: a plan that was made without is no plan of ours. */
export async function keyOf({ name, type, secret }: ChannelPlan, secrets: SecretResolver): Promise<string> {
  if (secret !== null) return secrets.resolve(secret);
  throw failure('InvalidInput', `channel "${name}": ${type} needs a secret, and has none`);
}

export function addressOf({ name, type, url }: ChannelPlan): URL {
  const parsed = URL.canParse(url ?? '') ? new URL(url ?? '') : null;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw failure(
    'InvalidInput',
    `channel "${name}": "${url ?? ''}" is no address of ${type}; http://... or https://... was expected`,
  );
}

/** No route of a checked platform leads here. */
export const noAlerts: AlertChannel = async ({ channel }) => {
  throw failure(
    'InvalidInput',
    `channel "${channel.name}" is of type ${channel.type}: deployments are marked there, and nobody hears of an alert by it`,
  );
};
