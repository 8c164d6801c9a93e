import { clock, duration, exactTime, relative, secondsBetween } from '../format/time';
import { useNow } from './now';

/** Minutes are told, so half of one is often enough. */
const relativeMs = 15_000;

export function Ago({ at }: { readonly at: string }) {
  const now = useNow(relativeMs);
  return (
    <time dateTime={at} title={exactTime(at)} className="nowrap">
      {relative(at, now)}
    </time>
  );
}

/** How long it took, or how long it has been going on: then it counts. */
export function Took({ from, to }: { readonly from: string; readonly to: string | null }) {
  return to === null ? <Counting from={from} /> : <span className="nowrap">{duration(secondsBetween(from, to))}</span>;
}

function Counting({ from }: { readonly from: string }) {
  return <span className="nowrap mono">{clock(secondsBetween(from, useNow()))}</span>;
}

/** Counts down. */
export function Left({ until }: { readonly until: string }) {
  const now = useNow();
  const left = secondsBetween(new Date(now).toISOString(), until);
  return <span className="nowrap mono">{left > 3600 ? duration(left) : clock(left)}</span>;
}
