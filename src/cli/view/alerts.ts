import type { Alert, AlertBook } from '../../contracts/alerts';
import type { Colours } from '../context';
import { table } from './table';
import { sayInstant } from './time';

/** As much of a fingerprint as a person copies; `f0 alerts ack` takes it. */
const shownDigits = 8;

export function alertsText({ alerts, silences }: AlertBook, colours: Colours): string {
  const rows = alerts.map((alert) => [
    alert.fingerprint.slice(0, shownDigits),
    stateText(alert, colours),
    alert.severity,
    alert.name,
    alert.summary,
    sayInstant(alert.startedAt),
  ]);
  const list =
    rows.length === 0
      ? 'No alerts.'
      : table(['FINGERPRINT', 'STATE', 'SEVERITY', 'ALERT', 'WHAT', 'SINCE'], rows, colours);
  if (silences.length === 0) return list;
  const quiet = silences.map(({ id, matchers, reason, by, until }) => [
    id,
    Object.entries(matchers)
      .map(([label, value]) => `${label}=${value}`)
      .join(' '),
    reason,
    by,
    sayInstant(until),
  ]);
  return `${list}\n\n${table(['SILENCE', 'MATCHES', 'WHY', 'BY', 'UNTIL'], quiet, colours)}`;
}

function stateText({ state, acknowledged, mutedBy }: Alert, colours: Colours): string {
  if (state === 'resolved') return colours.green('resolved');
  if (mutedBy !== null) return colours.dim(`${state}, muted by ${mutedBy}`);
  if (acknowledged) return `${state}, acknowledged by ${acknowledged.by}`;
  return state === 'firing' ? colours.red('firing') : state;
}
