import type { ClientErrorCode } from '../client';
import type { ErrorCode } from '../contracts/errors';

/** What the exit codes mean; part of the command line's contract. */
export const ExitCode = {
  fine: 0,
  /** The run or the check failed. */
  failed: 1,
  usage: 2,
  notReachable: 3,
  /** Rejected, or not allowed. */
  refused: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Thrown for a command that is not used as it is meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Thrown to end with a code after everything has been said. */
export class Exit extends Error {
  override readonly name = 'Exit';
  constructor(readonly exitCode: ExitCode) {
    super(`exit ${exitCode}`);
  }
}

const clientCodes: Readonly<Record<ClientErrorCode, ExitCode>> = {
  NotReachable: ExitCode.notReachable,
  NotFound: ExitCode.failed,
  Conflict: ExitCode.refused,
  Refused: ExitCode.refused,
  InvalidInput: ExitCode.usage,
};

const failureCodes: Readonly<Record<ErrorCode, ExitCode>> = {
  InvalidInput: ExitCode.failed,
  NotFound: ExitCode.failed,
  Conflict: ExitCode.refused,
  PermissionDenied: ExitCode.refused,
  RateLimited: ExitCode.notReachable,
  Unavailable: ExitCode.notReachable,
  Timeout: ExitCode.notReachable,
  CommandFailed: ExitCode.failed,
  ReleaseFailed: ExitCode.failed,
};

export interface ExplainedError {
  readonly exitCode: ExitCode;
  /** Null: everything has been said already. */
  readonly message: string | null;
  /** False: a fault of ours, not a mistake of the user's. */
  readonly expected: boolean;
}

/**
 * The one place that turns an error into an exit code. It looks at names and codes, not at classes, because loading the
 * classes' modules would make every command pay for Temporal's client.
 */
export function explainError(error: unknown): ExplainedError {
  if (error instanceof Exit) return { exitCode: error.exitCode, message: null, expected: true };
  if (!(error instanceof Error)) return { exitCode: ExitCode.failed, message: String(error), expected: false };
  const { message } = error;
  if (error instanceof UsageError) return { exitCode: ExitCode.usage, message, expected: true };
  if (error.name === 'ConfigError') return { exitCode: ExitCode.usage, message, expected: true };
  const commander = commanderExit(error);
  if (commander !== null) return { exitCode: commander, message: null, expected: true };
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && code in clientCodes) {
    return { exitCode: clientCodes[code as ClientErrorCode], message, expected: true };
  }
  const type = 'type' in error ? error.type : undefined;
  if (typeof type === 'string' && type in failureCodes) {
    return { exitCode: failureCodes[type as ErrorCode], message, expected: true };
  }
  if ('syscall' in error && typeof code === 'string') return { exitCode: ExitCode.failed, message, expected: true };
  return { exitCode: ExitCode.failed, message, expected: false };
}

/** Commander has told the user already: 0 for help and version, 1 for anything it did not understand. */
function commanderExit(error: Error): ExitCode | null {
  if (error.name !== 'CommanderError' && error.name !== 'InvalidArgumentError') return null;
  return 'exitCode' in error && error.exitCode === 0 ? ExitCode.fine : ExitCode.usage;
}
