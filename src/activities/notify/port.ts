import type { NotifyInput } from '../../contracts/activities';
import type { AlertMessage } from '../../contracts/alerting';

/**
 * Sends a notification through one type of channel. The input's key goes along as the message's id, so that a send
 * which is tried again can be recognised by who receives it.
 * Throws `InvalidInput` or `PermissionDenied` for what the other side refuses for good, `RateLimited`, `Unavailable` or
 * `Timeout` for what may work later.
 */
export type Channel = (input: NotifyInput, signal: AbortSignal) => Promise<void>;

/**
 * Sends a message about a group of alerts, likewise. Answers what the channel calls the message, where a later one about
 * the same group is to change it; null where messages follow each other.
 */
export type AlertChannel = (message: AlertMessage, signal: AbortSignal) => Promise<string | null>;
