import type { AlertingState } from '../contracts/alerting';

/** How many alerts the page of the workflow lists. */
const listed = 20;

/** The page of the keeper in Temporal's web interface. */
export function alertingDetails({ alerts, groups, silences, outgoing, unrecordable }: AlertingState): string {
  const all = Object.values(alerts);
  const firing = all.filter(({ state }) => state === 'firing').sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const beyond = Object.values(groups).reduce((sum, group) => sum + group.beyond.length, 0);
  const lines = firing
    .slice(0, listed)
    .map((alert) => `- **${alert.name}** (${alert.severity}) ${alert.summary}${notes(alert)}`);
  return [
    `${firing.length + beyond} firing, ${outgoing.length} messages on their way, ${silences.length} silences`,
    ...lines,
    ...(firing.length > listed ? [`- and ${firing.length - listed} more`] : []),
    ...(beyond > 0 ? [`- and ${beyond} that are counted, not kept`] : []),
    ...(unrecordable > 0 ? [`${unrecordable} could not be recorded: the database was away for too long`] : []),
  ].join('\n');
}

function notes({ acknowledged, mutedBy }: AlertingState['alerts'][string]): string {
  if (acknowledged) return `, acknowledged by ${acknowledged.by}`;
  return mutedBy === null ? '' : `, muted by ${mutedBy}`;
}
