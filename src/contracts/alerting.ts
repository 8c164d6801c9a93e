import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AlertingPlan } from '../definition/alerting-plan';
import type { ChannelPlan } from '../definition/release-plan';
import type { Alert, AlertBook, AlertDelivery, Severity, Silence } from './alerts';
import type { ErrorCode } from './errors';
import type { Identity } from './identity';

// What goes into the entity `alerting/<namespace>`, and what its activities get from it.

/** Something is true, or is no longer, of what the labels name. Told again, it changes nothing but the text. */
export interface AlertFact {
  readonly fingerprint: string;
  readonly name: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  readonly workflowId: string | null;
  readonly state: 'firing' | 'resolved';
  /** ISO-8601. */
  readonly at: string;
  /** It must be true for so long before people are told. */
  readonly forSeconds: number;
  /** An event has no end of its own: it counts as resolved after this time; null: until it is told. */
  readonly endsAfterSeconds: number | null;
}

/** Channels and routes of the platform; the newest that has routes holds for the whole namespace. */
export interface AlertingConfig {
  readonly channels: readonly ChannelPlan[];
  readonly alerting: AlertingPlan;
}

export interface AlertBatch {
  readonly config: AlertingConfig;
  readonly facts: readonly AlertFact[];
}

export interface AlertingInput {
  readonly namespace: string;
  // Carried over continue-as-new; whoever starts it leaves both out.
  readonly state?: AlertingState;
  readonly auditSequence?: number;
}

export interface KeptAlert extends Omit<Alert, 'mutedBy' | 'deliveries'> {
  mutedBy: string | null;
  deliveries: AlertDelivery[];
  /** Ids of groups that it is told with. */
  readonly groups: readonly string[];
  /** ISO-8601; set while pending. */
  readonly firesAt: string | null;
  readonly endsAt: string | null;
}

/** Alerts of one route that are told together. */
export interface AlertGroup {
  readonly id: string;
  readonly route: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Fingerprints, and whether people know: null, or the state that they were told last. */
  readonly members: Record<string, 'firing' | 'resolved' | null>;
  /** Fingerprints of what fires beyond what is kept one by one: counted, and in the database. */
  beyond: string[];
  /** ISO-8601; null: no news. */
  dueAt: string | null;
  repeatAt: string | null;
  /** Null: nobody has been told since it was last resolved. */
  firstToldAt: string | null;
  lastToldAt: string | null;
  /** How many steps of the escalation were taken. */
  escalated: number;
  acknowledgementTold: boolean;
  /** Channels that know of it, and what they call the message that they have (it is changed in place). */
  readonly told: Record<string, string | null>;
}

export type AlertMessageKind = 'firing' | 'repeated' | 'escalated' | 'acknowledged' | 'resolved';

/** A message on its way through a chain of channels. */
export interface OutgoingMessage {
  readonly sequence: number;
  readonly group: string;
  readonly kind: AlertMessageKind;
  readonly chain: readonly string[];
  readonly fingerprints: readonly string[];
  /** Position in the chain. */
  step: number;
  /** How often the whole chain has failed. */
  round: number;
  /** Some channel of this round may work later. */
  retryable: boolean;
  dueAt: string;
  underWay: boolean;
}

/** All that the entity knows: plain JSON. */
export interface AlertingState {
  config: AlertingConfig | null;
  readonly alerts: Record<string, KeptAlert>;
  readonly groups: Record<string, AlertGroup>;
  silences: Silence[];
  outgoing: OutgoingMessage[];
  sequence: number;
  /** Fingerprints of what has changed since it was recorded. */
  unrecorded: Record<string, true>;
  /** What is not kept one by one, as it was told. */
  passing: Alert[];
  /** What never came to the database, because too much waited for it. */
  unrecordable: number;
}

export type AlertLine = Omit<Alert, 'acknowledged' | 'mutedBy' | 'deliveries'>;

/** One message to one channel about one group. */
export interface AlertMessage {
  /** Idempotency key. */
  readonly key: string;
  readonly channel: ChannelPlan;
  readonly kind: AlertMessageKind;
  readonly namespace: string;
  /** The id is the same for all messages about it: vendors keep one incident for it. */
  readonly group: { readonly id: string; readonly route: string; readonly labels: Readonly<Record<string, string>> };
  /** The first ones of the news; `firing` and `resolved` count all of the group. */
  readonly alerts: readonly AlertLine[];
  readonly firing: number;
  readonly resolved: number;
  readonly acknowledged: Alert['acknowledged'];
  /** What the channel called its first message about this group; null: there is none. */
  readonly reference: string | null;
  readonly at: string;
}

export interface DeliveryOutcome {
  readonly key: string;
  readonly at: string;
  readonly reference: string | null;
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterSeconds: number | null;
  } | null;
}

export interface AlertActivities {
  /** Sends each message once; what one channel answers does not keep the others waiting. Never fails for a channel's sake. */
  deliverAlerts(input: { readonly messages: readonly AlertMessage[] }): Promise<readonly DeliveryOutcome[]>;
  recordAlerts(input: {
    readonly namespace: string;
    readonly alerts: readonly Alert[];
    readonly silences: readonly Silence[];
  }): Promise<void>;
  /** Gives facts to the entity, which it starts where there is none. */
  raiseAlerts(input: AlertBatch & { readonly namespace: string }): Promise<void>;
}

export interface AcknowledgeInput {
  readonly fingerprint: string;
  readonly by: Identity;
  readonly reason: string;
}

export interface SilenceInput {
  readonly silence: Omit<Silence, 'id' | 'by' | 'from'>;
  readonly by: Identity;
}

export interface ExpireSilenceInput {
  readonly id: string;
  readonly by: Identity;
}

export const alertsSignal = defineSignal<[AlertBatch]>('alerts');
/** A failure `NotFound`: no such alert. */
export const acknowledgeUpdate = defineUpdate<void, [AcknowledgeInput]>('acknowledge');
export const silenceUpdate = defineUpdate<Silence, [SilenceInput]>('silence');
export const expireSilenceUpdate = defineUpdate<void, [ExpireSilenceInput]>('expireSilence');
export const alertBookQuery = defineQuery<AlertBook>('alertBook');
