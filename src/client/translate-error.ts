import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { errorCodeOf, rootMessage } from '../contracts/errors';
import { ClientError, InvalidInput, NotFound, NotReachable, Refused } from './errors';

const noWorker =
  'Temporal answers, but no worker does: start one with `f0 up` or `f0 worker`, or wait until it has come back';

/** gRPC status numbers that say the other side is away rather than that the request is wrong. */
const away: ReadonlySet<number> = new Set([14]);
/** The deadline is over, as seen by the server or by our own side: Temporal takes questions, but no worker answers them. */
const late: ReadonlySet<number> = new Set([1, 4]);
const grpc = { invalidArgument: 3, notFound: 5, permissionDenied: 7, failedPrecondition: 9, unauthenticated: 16 };

/**
 * Turns whatever Temporal's client threw into one of our errors.
 *
 * @param what - what was attempted, for the message: `run pipeline/a/b/1.0.0`
 */
export function translateError(error: unknown, what: string): ClientError {
  if (error instanceof ClientError) return error;
  const options = { cause: error };
  if (error instanceof WorkflowUpdateFailedError) {
    const reason = rootMessage(error);
    return errorCodeOf(error) === 'NotFound' ? new NotFound(reason, options) : new Refused(reason, options);
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new Refused(`${what}: ${error.workflowId} is at work already`, options);
  if (error instanceof WorkflowNotFoundError) return new NotFound(`${what} does not exist, or has ended`, options);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new NotReachable(`${what}: ${noWorker}`, options);
  if (error instanceof QueryNotRegisteredError) {
    return new NotReachable(
      `${what}: its worker does not answer this question (an older version?): ${error.message}`,
      options,
    );
  }
  const status = grpcStatusOf(error);
  if (status) return fromGrpc(status.code, status.message, what, options);
  if (isGrpcDeadlineError(error)) return new NotReachable(`${what}: ${noWorker}`, options);
  return new NotReachable(`${what}: ${rootMessage(error)}`, options);
}

function fromGrpc(code: number, message: string, what: string, options: { cause: unknown }): ClientError {
  if (late.has(code)) return new NotReachable(`${what}: ${noWorker}`, options);
  if (away.has(code)) return new NotReachable(`Temporal is not reachable (${message})`, options);
  if (code === grpc.notFound) return new NotFound(`${what} does not exist: ${message}`, options);
  if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
    return new Refused(`Temporal refused these credentials: ${message}`, options);
  }
  if (code === grpc.failedPrecondition) return new NotReachable(`${what}: ${noWorker} (${message})`, options);
  if (code === grpc.invalidArgument && /search attribute|F0[A-Z]/.test(message)) {
    return new InvalidInput(
      `this Temporal namespace lacks our search attributes: run \`f0 setup\` (${message})`,
      options,
    );
  }
  if (code === grpc.invalidArgument) return new InvalidInput(`${what}: ${message}`, options);
  return new NotReachable(`${what}: ${message}`, options);
}

/** Temporal's client wraps gRPC's errors: the nearest one in the chain of causes. */
function grpcStatusOf(error: unknown): { code: number; message: string } | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isGrpcServiceError(current)) return { code: current.code, message: current.details || current.message };
    if (!(current instanceof ServiceError) && current.cause === undefined) return null;
  }
  return null;
}
