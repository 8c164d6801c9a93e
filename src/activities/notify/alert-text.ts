import type { AlertLine, AlertMessage } from '../../contracts/alerting';
import type { Severity } from '../../contracts/alerts';

// What every channel says about a group of alerts, in the words that fit into a list, a pager and a subject line.

const order: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** The worst of the group. */
export function severityOf({ alerts }: Pick<AlertMessage, 'alerts'>): Severity {
  return [...alerts].sort((a, b) => order[a.severity] - order[b.severity])[0]?.severity ?? 'warning';
}

/** One line: `Firing: error_rate > 5% in production (3 alerts)`. */
export function titleOf(message: AlertMessage): string {
  const { alerts, firing, resolved, kind, group } = message;
  const names = [...new Set(alerts.map(({ name }) => name))];
  const what = names.length === 1 ? names[0] : `${names.slice(0, 2).join(', ')} and others`;
  const where = group.labels.environment || alerts[0]?.labels.environment;
  const count = kind === 'resolved' ? resolved : firing;
  const many = count > 1 ? ` (${count} alerts)` : '';
  return `${kindWord(message)}: ${what ?? 'alerts'}${where ? ` in ${where}` : ''}${many}`.replace(/\s+/g, ' ');
}

function kindWord({ kind, acknowledged }: AlertMessage): string {
  switch (kind) {
    case 'firing':
      return 'Firing';
    case 'repeated':
      return 'Still firing';
    case 'escalated':
      return 'Escalated, nobody has acknowledged';
    case 'acknowledged':
      return `Acknowledged by ${acknowledged?.by ?? 'somebody'}`;
    case 'resolved':
      return 'Resolved';
  }
}

/** What an alert is about, without what its name and its group say. */
export function labelsText({ labels }: Pick<AlertLine, 'labels'>): string {
  return Object.entries(labels)
    .filter(([label]) => label !== 'alertname')
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
}

/** How many there are beside those that are listed; empty: none. */
export function restText({ alerts, firing, resolved }: AlertMessage): string {
  const rest = firing + resolved - alerts.length;
  return rest > 0 ? `and ${rest} more: \`f0 alerts\` lists them` : '';
}
