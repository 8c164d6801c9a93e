import type { Notification } from '../../contracts/activities';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The same content twice: for people who read plain text, and for those who do not. */
export function mailText(notification: Notification): MailText {
  const facts: readonly (readonly [string, string])[] = [
    ['Release', notification.release],
    ...(notification.environment === null ? [] : [['Environment', notification.environment] as const]),
    ['Namespace', notification.namespace],
    ['Run', notification.workflowId],
    ['At', notification.at],
  ];
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const rows = facts.map(([name, value]) => `<tr><th align="left">${name}</th><td>${escapeHtml(value)}</td></tr>`);
  const paragraphs = notification.text
    .split(/\n{2,}/)
    .map((part) => `<p>${escapeHtml(part).replaceAll('\n', '<br>')}</p>`);
  return {
    // A header is one line.
    subject: notification.title.replace(/\s+/g, ' ').trim(),
    text: `${notification.text}\n\n${lines.join('\n')}\n`,
    html: `<h2>${escapeHtml(notification.title)}</h2>\n${paragraphs.join('\n')}\n<table>\n${rows.join('\n')}\n</table>\n`,
  };
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
