import type { ImportContext } from './context';
import { hookRemedies } from './flagger-remedies';
import type { FlaggerAnalysis, WebhookType } from './flagger-schema';
import type { Place } from './report';

/** Confirmations become approvals; of the other hooks each is told. */
export function hooksOf(
  { webhooks }: FlaggerAnalysis,
  { object, path }: Place,
  { report }: ImportContext,
): ReadonlySet<WebhookType> {
  for (const [index, { name, type }] of webhooks.entries()) {
    const place = { object, path: [...path, index] };
    const remedy = hookRemedies[type];
    if (remedy === undefined) {
      const message = `"${name}" is not called: a person approves in its place`;
      report.unsupported(place, message, 'let the other system call f0 approve, or the API of the console');
    } else report.unsupported(place, `"${name}" (${type}) is not called`, remedy);
  }
  return new Set(webhooks.map(({ type }) => type));
}
