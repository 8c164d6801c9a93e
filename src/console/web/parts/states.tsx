import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiFailure } from '../api/client';
import { Icon, type IconName } from './icons';

/** What every page does while it has nothing yet, when it could not have it, and when it has it. */
export function Loaded<T>({
  query,
  children,
  rows = 4,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  readonly rows?: number;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : null}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}

export function Skeleton({ rows }: { readonly rows: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="sr-only">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike
        <div key={row} className="skeleton-row" />
      ))}
    </div>
  );
}

export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const remedy = error instanceof ApiFailure ? error.remedy : null;
  return (
    <div className="notice tone-bad" role="alert">
      <Icon name="failed" />
      <div>
        <p>
          <strong>{error.message}</strong>
        </p>
        {remedy === null ? null : <p>{remedy}</p>}
      </div>
      {retry ? (
        <button type="button" className="button small-button" onClick={retry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

/** Says what would be here, and the command that brings it. */
export function Empty({
  icon,
  title,
  children,
  command,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
  readonly command?: string;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <p className="soft">{children}</p>
      {command === undefined ? null : (
        <pre>
          <code>{command}</code>
        </pre>
      )}
    </div>
  );
}
