import type { ApiError } from '../../api';

/** An answer that is not 2xx, in the words of the API. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string | null,
  ) {
    super(message);
  }
}

let csrfToken = '';

/** Every session answer brings the token that goes back with what changes something. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

export function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, undefined, signal);
}

export function write<T = unknown>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return request<T>(method, path, body);
}

export function apiPath(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return `/api/v1${path}${search.size === 0 ? '' : `?${search}`}`;
}

export const runPath = (id: string, rest = ''): string => `/runs/${encodeURIComponent(id)}${rest}`;

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-csrf-token'] = csrfToken;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, 'Unavailable', 'The console does not answer.', 'Is the system running? Try: f0 doctor');
  });
  if (!response.ok) throw await failureOf(response);
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const error = body?.error;
  const message = error?.message ?? `The console answered ${response.status} ${response.statusText}.`;
  return new ApiFailure(response.status, error?.code ?? 'Unavailable', message, error?.remedy ?? null);
}
