import type { AnalyzeResult } from '../../contracts/analysis';
import { failure } from '../../contracts/errors';
import type { Completion } from './port';
import type { Watch } from './watch';

/** What the server said to a call about an activity. */
export type Answer = 'ok' | 'cancelled' | 'gone' | 'reset' | 'unreachable';

/** The client waits without end for a server that is frozen; a heartbeat that comes after this is worth nothing. */
const callTimeoutMs = 8_000;

/** Calls about one activity each; none throws. */
export class Completions {
  constructor(private readonly completion: Completion) {}

  heartbeat(watch: Watch): Promise<Answer> {
    return answerTo(() => this.completion.heartbeat(tokenOf(watch), watch.state));
  }

  complete(watch: Watch, result: AnalyzeResult): Promise<Answer> {
    return answerTo(() => this.completion.complete(tokenOf(watch), result));
  }

  cancelled(watch: Watch): Promise<Answer> {
    return answerTo(() => this.completion.reportCancellation(tokenOf(watch)));
  }

  /** Another attempt is wanted: the retry policy starts it. */
  restart(watch: Watch): Promise<Answer> {
    return answerTo(() => this.completion.fail(tokenOf(watch), failure('Unavailable', 'the analysis was reset')));
  }

  /** It cannot be judged, and no other attempt can. */
  fail(watch: Watch, message: string): Promise<Answer> {
    return answerTo(() => this.completion.fail(tokenOf(watch), failure('InvalidInput', message)));
  }
}

function tokenOf({ taskToken }: Watch): Uint8Array {
  return new Uint8Array(Buffer.from(taskToken, 'base64'));
}

async function answerTo(call: () => Promise<void>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(resolve, callTimeoutMs, 'unreachable').unref();
  });
  try {
    return await Promise.race([call().then((): Answer => 'ok', answerOf), late]);
  } finally {
    clearTimeout(timer);
  }
}

function answerOf(error: unknown): Answer {
  switch ((error as { name?: unknown } | null)?.name) {
    case 'ActivityNotFoundError':
      return 'gone';
    case 'ActivityCancelledError':
      return 'cancelled';
    case 'ActivityResetError':
      return 'reset';
    // An operator holds back further attempts of it; this one goes on.
    case 'ActivityPausedError':
      return 'ok';
    default:
      return 'unreachable';
  }
}
