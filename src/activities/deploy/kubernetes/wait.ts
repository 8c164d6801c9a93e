import { failure } from '../../../contracts/errors';
import type { DeployContext } from '../port';
import type { WatchedNamespace } from './watched-namespace';

/** What a look at the watched objects says: it is done, or what is waited for; `mark` changes when that comes nearer. */
export type Look<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly waitingFor: string; readonly mark: string };

export interface Wait {
  readonly app: string;
  readonly context: DeployContext;
  /** Without the mark changing for this long, it fails; time in which the API server is away does not count. */
  readonly deadlineSeconds: number;
}

/** A beat while nothing changes: a worker that waits is alive, and Temporal gives up on one after 30 s. */
const beatMs = 2_000;

/** Looks again whenever something of the app changes, until the look says that it is done; what a look throws ends it. */
export function until<T>(watched: WatchedNamespace, wait: Wait, look: () => Look<T>): Promise<T> {
  const { app, context, deadlineSeconds } = wait;
  return new Promise<T>((resolve, reject) => {
    let mark: string | null = null;
    let waitingFor = 'waiting';
    let silentSince = performance.now();
    let scheduled: NodeJS.Immediate | null = null;

    const end = (settle: () => void) => {
      if (scheduled) clearImmediate(scheduled);
      clearInterval(beat);
      unsubscribe();
      context.signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => end(() => reject(context.signal.reason));
    const evaluate = () => {
      scheduled = null;
      let found: Look<T>;
      try {
        found = look();
      } catch (error) {
        return end(() => reject(error));
      }
      if (found.done) return end(() => resolve(found.value));
      waitingFor = found.waitingFor;
      if (found.mark !== mark || !watched.connected) silentSince = performance.now();
      mark = found.mark;
      context.progress(waitingFor);
      if (performance.now() - silentSince < deadlineSeconds * 1000) return;
      end(() => reject(failure('CommandFailed', `no progress for ${deadlineSeconds} s: ${waitingFor}`)));
    };
    // Many changes at once are one look.
    const wake = () => {
      scheduled ??= setImmediate(evaluate);
    };
    const unsubscribe = watched.subscribe(app, wake);
    // Only time passes here: deadlines and graces of the look.
    const beat = setInterval(wake, beatMs);
    context.signal.addEventListener('abort', abort, { once: true });
    if (context.signal.aborted) abort();
    else evaluate();
  });
}

export const done = <T>(value: T): Look<T> => ({ done: true, value });
export const waiting = (waitingFor: string, mark = waitingFor): Look<never> => ({ done: false, waitingFor, mark });
