import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { parseSlackInteraction, type SlackInteraction } from '../activities/notify';
import type { SignMessage } from '../client';
import type { AlertDesk } from '../contracts/alerts';
import { rootMessage } from '../contracts/errors';
import type { Identity } from '../contracts/identity';
import type { ConsoleClient } from './ports';
import type { RawHook } from './routes/hooks';

export interface SlackHookOptions {
  readonly signingSecret: string;
  /** Slack's id of somebody to their name here. Whoever is not in it decides nothing. */
  readonly people: Readonly<Record<string, string>>;
  readonly client: Pick<ConsoleClient, 'decide' | 'rollback'>;
  readonly alerts: Pick<AlertDesk, 'acknowledge'> | null;
  /** Null: there is no key. */
  readonly signAs:
    | ((claims: { readonly iss: string; readonly sub: string; readonly name: string }) => SignMessage)
    | null;
  readonly onFault: (error: unknown) => void;
  /** Shows the person how it went. @default posts to where Slack says */
  readonly answer?: (url: string, text: string) => Promise<void>;
  /** @default Date.now */
  readonly now?: () => number;
}

/** Slack shows a fault after three seconds; what takes longer goes on, and its answer comes by itself. */
const patienceMs = 2_000;

/**
 * Does what somebody pressed in Slack, in their name here, and shows them alone how it went. Throws `PermissionDenied` for
 * a request that is forged, stale or sent again, `InvalidInput` for one that is no press of a button of ours.
 */
export function createSlackHook(options: SlackHookOptions): (hook: RawHook) => Promise<undefined> {
  const { signingSecret, now = Date.now, answer = post, onFault } = options;
  return async ({ headers, body }) => {
    const interaction = parseSlackInteraction(headers, body, signingSecret, now());
    const work = outcomeOf(interaction, options)
      .then((text) => (interaction.responseUrl === null ? undefined : answer(interaction.responseUrl, text)))
      .catch(onFault);
    await Promise.race([work, delay(patienceMs, undefined, { ref: false })]);
    return undefined;
  };
}

/** A sentence for the person who pressed. */
async function outcomeOf({ command, user }: SlackInteraction, options: SlackHookOptions): Promise<string> {
  const { client, alerts, people, signAs } = options;
  const name = Object.hasOwn(people, user.id) ? people[user.id] : undefined;
  if (name === undefined)
    return `Nothing was done: ${user.id} is nobody here. An operator adds it to identity.slack.people.`;
  const by: Identity = { name, source: 'cli' };
  const sign = signAs?.({ iss: `slack/${user.teamId}`, sub: user.id, name });
  const reason = 'pressed in Slack';
  try {
    switch (command.action) {
      case 'approve':
      case 'reject': {
        const { workflowId, stage, gate, subject, action } = command;
        await client.decide(workflowId, { stage, gate, subject, verdict: action, by, reason }, sign);
        return `${name}: ${action} of ${stage} was taken.`;
      }
      case 'rollback':
        await client.rollback(command.workflowId, { by, reason }, sign);
        return `${name}: the rollback of ${command.workflowId} has begun.`;
      case 'acknowledge':
        if (!alerts) return 'Nothing was done: this system raises no alerts.';
        for (const fingerprint of command.fingerprints) await alerts.acknowledge(fingerprint, by, reason);
        return `${name} looks after it.`;
    }
  } catch (error) {
    return `Nothing was done: ${rootMessage(error)}`;
  }
}

/** Only ever to Slack, whatever a signed request says. */
async function post(url: string, text: string): Promise<void> {
  if (!url.startsWith('https://hooks.slack.com/')) return;
  const message = { response_type: 'ephemeral', replace_original: false, text };
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(10_000),
  });
  await body.dump();
}
