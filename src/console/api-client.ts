import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { AuditLine, AuditRow } from '../activities/audit';
import type { AppliedPlatform, PlatformDesk } from '../activities/kpis';
import type { SignMessage } from '../client';
import { type ErrorCode, failure } from '../contracts/errors';
import type { KpiReader, KpiReport } from '../contracts/kpis';
import type { SignInLink } from './api';
import type { AuditReader, CommandLog, LogReader } from './ports';

export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

const timeoutMs = 30_000;

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'InvalidInput',
  403: 'PermissionDenied',
  404: 'NotFound',
  409: 'Conflict',
};

/** Reads the audit trail of a running system through its API: its process alone may open the embedded database. */
export function remoteAudit(api: ApiAddress): AuditReader {
  return {
    verify: () => getJson(api, '/audit/verify'),
    list: async (filter = {}) => {
      const given = Object.entries(filter).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
      return (await getJson<{ entries: readonly AuditRow[] }>(api, `/audit?${query}`)).entries;
    },
    export: () => exportLines(api),
  };
}

/** Reads what a run's commands printed, likewise. */
export function remoteLogs(api: ApiAddress): LogReader {
  return {
    ofRun: async (workflowId, stage) => {
      const query = stage === undefined ? '' : `?${new URLSearchParams({ stage })}`;
      const path = `/runs/${encodeURIComponent(workflowId)}/logs${query}`;
      return (await getJson<{ logs: readonly CommandLog[] }>(api, path)).logs;
    },
  };
}

/** Has messages signed by a running system, as its owner. */
export function remoteSigner(api: ApiAddress): SignMessage {
  return async (command, workflowId, message) => {
    const answer = await callApi<{ message: typeof message }>(api, 'POST', '/signatures', {
      command,
      workflowId,
      message,
    });
    return answer.message;
  };
}

/** Reads the figures, likewise. */
export function remoteKpis(api: ApiAddress): KpiReader {
  return {
    report: ({ days, namespace, workflow }) => {
      const given = Object.entries({ namespace, workflow }).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams([['days', String(days)], ...(given as [string, string][])]);
      return getJson<KpiReport>(api, `/kpis?${query}`);
    },
  };
}

/** Applies platforms to a running system, and lists those it has. */
export function remotePlatforms(api: ApiAddress): PlatformDesk {
  return {
    list: async () => (await getJson<{ platforms: readonly AppliedPlatform[] }>(api, '/platforms')).platforms,
    apply: (source, by) => callApi<AppliedPlatform>(api, 'PUT', '/platforms', { ...source, by }),
  };
}

/** One request of the owner's, whose answer is JSON; null: there is none. */
export async function callApi<T>(
  api: ApiAddress,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  const text = await (await ask(api, path, timeoutMs, method, body)).text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** A link that signs the owner of this machine in to the page, once. */
export async function signInLink(api: ApiAddress): Promise<string> {
  const { path } = await callApi<SignInLink>(api, 'POST', '/session/links');
  return `${api.url}${path}`;
}

async function* exportLines(api: ApiAddress): AsyncGenerator<AuditLine, void, void> {
  const response = await ask(api, '/audit/export', null);
  if (!response.body) return;
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    if (line !== '') yield JSON.parse(line);
  }
}

async function getJson<T>(api: ApiAddress, path: string): Promise<T> {
  return (await ask(api, path, timeoutMs)).json() as Promise<T>;
}

async function ask(
  { url, token }: ApiAddress,
  path: string,
  limitMs: number | null,
  method = 'GET',
  sent?: object,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(sent ? { 'content-type': 'application/json' } : {}) },
      ...(sent ? { body: JSON.stringify(sent) } : {}),
      ...(limitMs === null ? {} : { signal: AbortSignal.timeout(limitMs) }),
    });
  } catch (error) {
    throw failure(
      'Unavailable',
      `the running system does not answer at ${url}: look at its log, or run \`f0 doctor\``,
      {
        cause: error,
      },
    );
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as { error?: { message?: string }; message?: string } | null;
  const why = body?.error?.message ?? body?.message ?? response.statusText;
  // What is wrong with a document says where by itself.
  if (response.status === 400) throw failure('InvalidInput', why);
  throw failure(codes[response.status] ?? 'Unavailable', `${url} answered ${response.status}: ${why}`);
}
