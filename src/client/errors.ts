/** Why a call of the client failed. Closed set: a program may switch over it. */
export type ClientErrorCode = 'NotReachable' | 'NotFound' | 'Conflict' | 'Refused' | 'InvalidInput';

/** The only kind of error that leaves {@link ProductionClient}. The message is a sentence for a person. */
export abstract class ClientError extends Error {
  abstract readonly code: ClientErrorCode;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Thrown when Temporal, or a worker behind it, does not answer within the deadline. Trying again may help. */
export class NotReachable extends ClientError {
  readonly code = 'NotReachable';
}

/** Thrown when no run, environment or stage has that name. */
export class NotFound extends ClientError {
  readonly code = 'NotFound';
}

/** Thrown when a release of that name exists already and is not the same thing. */
export class Conflict extends ClientError {
  readonly code = 'Conflict';
}

/** Thrown when the workflow refused the command: wrong state, wrong person, too late. The message has its reason. */
export class Refused extends ClientError {
  readonly code = 'Refused';
}

/** Thrown when the request can never succeed as it stands, for example a name that fits several runs. */
export class InvalidInput extends ClientError {
  readonly code = 'InvalidInput';
}
