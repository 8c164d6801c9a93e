import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { AuditLine, AuditRow } from '../activities/audit';
import type { AppliedPlatform, PlatformDesk } from '../activities/kpis';
import type { SignMessage } from '../client';
import { failure } from '../contracts/errors';
import type { KpiReader, KpiReport } from '../contracts/kpis';
import type { AuditReader, CommandLog, LogReader } from './ports';

export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

const timeoutMs = 30_000;

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
    const body = JSON.stringify({ command, workflowId, message });
    const response = await call(api, '/signatures', timeoutMs, { method: 'POST', body });
    return ((await response.json()) as { message: typeof message }).message;
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
    apply: async (source, by) => {
      const body = JSON.stringify({ ...source, by });
      const response = await call(api, '/platforms', timeoutMs, { method: 'PUT', body });
      return response.json() as Promise<AppliedPlatform>;
    },
  };
}

async function* exportLines(api: ApiAddress): AsyncGenerator<AuditLine, void, void> {
  const response = await get(api, '/audit/export', null);
  if (!response.body) return;
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    if (line !== '') yield JSON.parse(line);
  }
}

async function getJson<T>(api: ApiAddress, path: string): Promise<T> {
  return (await get(api, path, timeoutMs)).json() as Promise<T>;
}

function get(api: ApiAddress, path: string, limitMs: number | null): Promise<Response> {
  return call(api, path, limitMs, {});
}

async function call(
  { url, token }: ApiAddress,
  path: string,
  limitMs: number | null,
  request: Pick<RequestInit, 'method' | 'body'>,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1${path}`, {
      ...request,
      headers: { authorization: `Bearer ${token}`, ...(request.body ? { 'content-type': 'application/json' } : {}) },
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
  if (response.status === 422) throw failure('InvalidInput', why);
  throw failure(response.status === 404 ? 'NotFound' : 'Unavailable', `${url} answered ${response.status}: ${why}`);
}
