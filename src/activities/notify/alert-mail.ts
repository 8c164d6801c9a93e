import type { AlertLine, AlertMessage } from '../../contracts/alerting';
import { labelsText, restText, severityOf, titleOf } from './alert-text';
import { escapeHtml, type MailText } from './email-text';

/** A mail about alerts: the same content as text and as HTML. */
export function alertMail(message: AlertMessage): MailText {
  const { alerts, acknowledged } = message;
  const rest = restText(message);
  const by = acknowledged ? `Acknowledged by ${acknowledged.by}: ${acknowledged.reason || 'no reason given'}` : '';
  const notes = [by, rest, `f0 alerts --namespace ${message.namespace}`].filter((line) => line !== '');
  return {
    // A header is one line.
    subject: `[${severityOf(message)}] ${titleOf(message)}`.replace(/\s+/g, ' ').trim(),
    text: `${alerts.map(plain).join('\n\n')}\n\n${notes.join('\n')}\n`,
    html: `<h2>${escapeHtml(titleOf(message))}</h2>\n<table cellpadding="4">\n${alerts.map(row).join('\n')}\n</table>\n${notes
      .map((line) => `<p>${escapeHtml(line)}</p>`)
      .join('\n')}\n`,
  };
}

function plain(alert: AlertLine): string {
  const ended = alert.endedAt === null ? '' : `, until ${alert.endedAt}`;
  return [
    `${alert.state}: ${alert.name} (${alert.severity})`,
    `  ${alert.summary}`,
    ...(alert.description === '' ? [] : [`  ${alert.description}`]),
    `  ${labelsText(alert)}`,
    `  since ${alert.startedAt}${ended}; fingerprint ${alert.fingerprint}`,
  ].join('\n');
}

function row(alert: AlertLine): string {
  const cells = [alert.state, alert.severity, alert.name, alert.summary, labelsText(alert), alert.startedAt];
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}
