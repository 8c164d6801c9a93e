import type { Identity } from './identity';

// Alerts, as everyone sees them. An alert is a condition that is true of something: its labels name the thing, and two
// alerts with the same labels are one. All times are ISO-8601.

export type Severity = 'info' | 'warning' | 'critical';
/** `pending`: true, but not yet for as long as its `for` asks. */
export type AlertState = 'pending' | 'firing' | 'resolved';

export interface Alert {
  /** A hash of the labels: the same alert has the same fingerprint, wherever it is found. */
  readonly fingerprint: string;
  readonly name: string;
  readonly severity: Severity;
  readonly state: AlertState;
  /** Always `namespace`; where known `workflow`, `environment`, `release`, `region`, `app`. */
  readonly labels: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly summary: string;
  /** More of it, and what to do; may be empty. */
  readonly description: string;
  /** The run or deployment that it is about; null: none. */
  readonly workflowId: string | null;
  readonly startedAt: string;
  /** Null while it fires. */
  readonly endedAt: string | null;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly reason: string } | null;
  /** Why nobody is told: id of a silence, or the fingerprint of the alert that inhibits it; null: people are told. */
  readonly mutedBy: string | null;
  readonly deliveries: readonly AlertDelivery[];
}

/** One message about an alert, or about the group it was told with. */
export interface AlertDelivery {
  readonly channel: string;
  readonly state: AlertState;
  readonly at: string;
  /** Null: delivered. Else why not; the next channel of its route was tried then. */
  readonly failure: string | null;
}

export interface Silence {
  readonly id: string;
  /** Label name to exact value; an alert that has all of them is not told. */
  readonly matchers: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly by: string;
  readonly from: string;
  readonly until: string;
}

export interface AlertBook {
  /** Newest first. */
  readonly alerts: readonly Alert[];
  readonly silences: readonly Silence[];
}

/** What the alerts page and `f0 alerts` do. Throws `NotFound` for what is not there. */
export interface AlertDesk {
  read(filter?: {
    readonly namespace?: string;
    readonly state?: AlertState;
    readonly limit?: number;
  }): Promise<AlertBook>;
  acknowledge(fingerprint: string, by: Identity, reason: string): Promise<void>;
  silence(request: Omit<Silence, 'id' | 'by' | 'from'>, by: Identity): Promise<Silence>;
  expireSilence(id: string, by: Identity): Promise<void>;
}
