import { types } from 'node:util';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../../contracts/errors';

/** The `Status` that the API server answers when it refuses. */
export interface ApiStatus {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** What the API server answered instead of doing it; turned into a failure where nothing here can deal with it. */
export class ApiError extends Error {
  constructor(
    readonly statusCode: number,
    readonly status: ApiStatus,
    readonly what: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(status.message ?? `the API server answered ${statusCode}`);
  }

  get isConflict(): boolean {
    return this.statusCode === 409;
  }

  /** Who owns the fields that a server-side apply would have changed; none for conflicts of another kind. */
  get owners(): readonly { readonly manager: string; readonly field: string }[] {
    return (this.status.details?.causes ?? [])
      .filter(({ reason }) => reason === 'FieldManagerConflict')
      .map(({ message, field }) => ({
        manager: /"([^"]+)"/.exec(message ?? '')?.[1] ?? 'unknown',
        field: field ?? '',
      }));
  }
}

/** Certificates that are of the right one at the wrong time: renewed, they are good again, and a way back has waited. */
const outOfTime: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks of both machines',
};

/** Certificates that nobody here trusts: waiting does not heal them. */
const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: put the certificate authority into the kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is unknown: put it into the kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is unknown: put it into the kubeconfig',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is unknown: put it into the kubeconfig',
  CERT_SIGNATURE_FAILURE: 'its certificate is signed by another authority: put the new one into the kubeconfig',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host: correct `server` in the kubeconfig',
};

/** Every error of a cluster as one of ours: which of them are retried is decided by their code. */
export function clusterFailure(error: unknown, cluster: string): ApplicationFailure {
  if (error instanceof ApiError) return refusal(error, cluster);
  const reason = rootOf(error);
  const code = codeOf(error);
  const advice = outOfTime[code] ?? untrusted[code];
  if (advice) {
    return failure(
      code in outOfTime ? 'Unavailable' : 'InvalidInput',
      `cluster "${cluster}": the API server cannot be trusted: ${advice}`,
      { cause: error },
    );
  }
  const text = `cluster "${cluster}" does not answer (${reason.message || code})`;
  return failure(/TIMEOUT|TIMEDOUT/.test(code) ? 'Timeout' : 'Unavailable', text, { cause: error });
}

/** Whether the kubeconfig may hold other credentials, or another certificate authority, by now. */
export function mayBeRenewed(error: unknown): boolean {
  return error instanceof ApiError ? error.statusCode === 401 : codeOf(error) in { ...outOfTime, ...untrusted };
}

function refusal(error: ApiError, cluster: string): ApplicationFailure {
  const { statusCode, status, what } = error;
  const said = status.message ?? `status ${statusCode}`;
  const tell = (code: Parameters<typeof failure>[0], text: string, retryAfterSeconds?: number) =>
    failure(code, `cluster "${cluster}": ${text}`, {
      cause: error,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  const denied = denial(said);
  if (denied) return tell('InvalidInput', `${what} was refused by the ${denied}${positions(status)}`);
  if (/exceeded quota/.test(said)) {
    return tell('CommandFailed', `${what}: ${said}; raise the ResourceQuota, or ask for less`);
  }
  switch (statusCode) {
    case 400:
    case 422: {
      const advice = /immutable/.test(said)
        ? '; a field that cannot change once it is there: delete the object, or give it another name'
        : '';
      return tell('InvalidInput', `${what}: ${said}${advice}`);
    }
    case 401:
      // Renewed credentials are read anew with each attempt.
      return tell('Unavailable', 'the credentials of the kubeconfig are refused or have expired: renew them');
    case 403:
      return tell('PermissionDenied', forbidden(said, what));
    case 404:
      return tell('NotFound', missing(error));
    case 409:
      return tell('Conflict', conflict(error));
    case 429:
      return tell(
        'RateLimited',
        `${what}: asked too often`,
        error.retryAfterSeconds ?? status.details?.retryAfterSeconds ?? 1,
      );
    case 504:
      return tell('Timeout', `${what}: ${said}`);
    default:
      return tell('Unavailable', `${what}: the API server answered ${statusCode}: ${said}`);
  }
}

/** Who let it not in, and why, where a webhook or a policy of the cluster has said no. */
function denial(said: string): string | null {
  const webhook = /admission webhook "([^"]+)" denied the request:? ?(.*)/s.exec(said);
  if (webhook) return `admission webhook ${webhook[1]}: ${webhook[2]}`;
  const policy = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)/s.exec(said);
  return policy && `admission policy ${policy[1]}: ${policy[2]}`;
}

/** The fields that it is about, where it was told. */
function positions({ details }: ApiStatus): string {
  const told = (details?.causes ?? []).flatMap(({ field, message }) =>
    field ? [message ? `${field}: ${message}` : field] : [],
  );
  return told.length === 0 ? '' : ` (at ${told.join('; ')})`;
}

/** Which verb on which resource is missing, and for whom. */
function forbidden(said: string, what: string): string {
  const denied =
    /User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(said);
  if (!denied) return `${what}: ${said}`;
  const [, user, verb, resource, group, namespace] = denied;
  const named = group ? `${resource}.${group}` : resource;
  const place = namespace ? ` in namespace ${namespace}` : '';
  return `${user} may not ${verb} ${named}${place}: grant it by a Role with apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]`;
}

function missing({ status, what }: ApiError): string {
  const { kind, name } = status.details ?? {};
  if (kind === 'namespaces') return `there is no namespace "${name}": create it, or set \`namespace\` of the cluster`;
  return `${what}: ${status.message ?? 'not found'}`;
}

function conflict(error: ApiError): string {
  const { owners, what, status } = error;
  if (owners.length === 0) return `${what}: ${status.message ?? 'it was changed by somebody else'}`;
  const fields = owners.map(({ manager, field }) => `${field} by "${manager}"`).join(', ');
  return `${what}: it was changed beside us: ${fields}; give the fields back (kubectl apply or edit without them), or put the change into the manifests`;
}

function codeOf(error: unknown): string {
  return (rootOf(error) as NodeJS.ErrnoException).code ?? '';
}

/** Native errors of any realm: those of Node's TLS are not instances of the `Error` of a sandbox. */
function rootOf(error: unknown): Error {
  let current = error;
  while (types.isNativeError(current) && types.isNativeError(current.cause)) current = current.cause;
  // Several addresses of one name: the first one says as much as all.
  if (current instanceof AggregateError && types.isNativeError(current.errors[0])) return current.errors[0];
  return types.isNativeError(current) ? current : new Error(String(current));
}
