import type { NotifyInput } from '../../contracts/activities';

/**
 * Sends a notification through one type of channel. The input's key goes along as the message's id, so that a send
 * which is tried again can be recognised by who receives it.
 * Throws `InvalidInput` or `PermissionDenied` for what the other side refuses for good, `RateLimited`, `Unavailable` or
 * `Timeout` for what may work later.
 */
export type Channel = (input: NotifyInput, signal: AbortSignal) => Promise<void>;
