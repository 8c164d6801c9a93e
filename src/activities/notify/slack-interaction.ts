import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { failure } from '../../contracts/errors';
import { parseButtonValue, type SlackCommand } from './slack-command';

/** A button of ours that somebody in Slack has pressed. */
export interface SlackInteraction {
  readonly command: SlackCommand;
  /** As Slack knows them: who that is here, and what they may, is the receiver's to decide. */
  readonly user: { readonly id: string; readonly name: string; readonly teamId: string };
  /** Where the answer to the person goes; valid for 30 minutes. */
  readonly responseUrl: string | null;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** As Slack has it: older or newer requests are of somebody who has kept or forged one. */
const toleranceSeconds = 300;
/** A body of an interaction is some KB. */
const longestBody = 256 * 1024;

/** Remembers what was taken for as long as its timestamp is good, so that nothing is taken twice. */
export class ReplayGuard {
  readonly #seen = new Map<string, number>();

  /** False: it was taken before. */
  take(signature: string, nowMs: number): boolean {
    for (const [known, until] of this.#seen) {
      if (until > nowMs) break;
      this.#seen.delete(known);
    }
    if (this.#seen.has(signature)) return false;
    this.#seen.set(signature, nowMs + 2 * toleranceSeconds * 1000);
    return true;
  }
}

const processGuard = new ReplayGuard();

const payloadForm = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  response_url: z.string().optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

/**
 * Verifies a request of Slack's interactivity by its signature (v0), timestamp and freshness, then reads what was pressed.
 * Throws `PermissionDenied` for a request that is forged, stale or sent again, `InvalidInput` for one that is not ours.
 *
 * @param rawBody the bytes as they came: parsed and printed again, they would have another signature
 * @param now milliseconds since 1970
 */
export function parseSlackInteraction(
  headers: Headers,
  rawBody: string | Buffer,
  signingSecret: string,
  now: number,
  guard: ReplayGuard = processGuard,
): SlackInteraction {
  const signature = one(headers, 'x-slack-signature');
  const timestamp = one(headers, 'x-slack-request-timestamp');
  if (!/^\d{1,12}$/.test(timestamp)) throw failure('PermissionDenied', 'the request has no timestamp of Slack');
  if (signingSecret === '')
    throw failure('PermissionDenied', 'there is no signing secret to verify requests of Slack by');
  const body = Buffer.from(rawBody);
  if (body.length > longestBody) throw failure('InvalidInput', `the request is longer than ${longestBody} bytes`);
  const hash = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex');
  if (!isEqual(signature, `v0=${hash}`))
    throw failure('PermissionDenied', "the request is not signed with Slack's secret");
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) {
    throw failure('PermissionDenied', 'the request is older than five minutes, or from the future');
  }
  if (!guard.take(signature, now)) throw failure('PermissionDenied', 'the request was sent before');
  return interactionOf(body.toString('utf8'));
}

function interactionOf(body: string): SlackInteraction {
  const parsed = payloadForm.safeParse(jsonOf(new URLSearchParams(body).get('payload') ?? ''));
  if (!parsed.success) throw failure('InvalidInput', 'the request is no press of a button (block_actions)');
  const { user, team, actions, response_url: responseUrl } = parsed.data;
  const command = parseButtonValue(actions[0]?.value ?? '');
  if (!command) throw failure('InvalidInput', `the button ${actions[0]?.action_id ?? ''} is none of ours`);
  return {
    command,
    user: { id: user.id, name: user.username ?? user.name ?? user.id, teamId: team?.id ?? '' },
    responseUrl: responseUrl ?? null,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** In a time that does not tell how much of it is right. */
function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function one(headers: Headers, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}
