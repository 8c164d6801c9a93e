import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { LiveEvent } from '../../api';
import { apiPath } from './client';
import { keys } from './queries';

export type Connection = 'connecting' | 'live' | 'lost';

const eventTypes: readonly LiveEvent['type'][] = ['hello', 'run', 'runs', 'approvals', 'estate', 'alerts'];
/** Quick at first, for a restart; then such that many open pages do not press a server that comes up. */
const firstRetryMs = 500;
const lastRetryMs = 15_000;

let connection: Connection = 'connecting';
const listeners = new Set<() => void>();

function become(next: Connection): void {
  if (connection === next) return;
  connection = next;
  for (const listener of listeners) listener();
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}

/** Asks again for whatever an event names; for everything once the stream is there, as events were missed until then. */
export function useLiveEvents(enabled: boolean): void {
  const queries = useQueryClient();
  useEffect(() => (enabled ? listen(queries) : undefined), [queries, enabled]);
}

function listen(queries: QueryClient): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;

  const take = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as LiveEvent;
    if (event.type === 'hello') return;
    void queries.invalidateQueries({ queryKey: event.type === 'run' ? keys.run(event.id) : keys[event.type] });
  };
  const open = () => {
    source = new EventSource(apiPath('/events'));
    source.addEventListener('open', () => {
      retryMs = firstRetryMs;
      become('live');
      void queries.invalidateQueries();
    });
    source.addEventListener('message', take);
    for (const type of eventTypes) source.addEventListener(type, take);
    source.addEventListener('error', () => {
      become('lost');
      // The browser's own retry gives up for good at an answer that is not 200, as a proxy gives while we restart.
      source?.close();
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
    become('connecting');
  };
}
