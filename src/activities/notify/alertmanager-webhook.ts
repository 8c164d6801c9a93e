import { z } from 'zod';
import { alertFact } from '../../analytics/alerting';
import type { AlertFact } from '../../contracts/alerting';
import type { Severity } from '../../contracts/alerts';
import { failure } from '../../contracts/errors';

/** What Alertmanager's webhook receiver is sent, version 4; fields that we do not need are not looked at. */
const webhookForm = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.iso.datetime({ offset: true }),
        endsAt: z.iso.datetime({ offset: true }),
        generatorURL: z.string().default(''),
      }),
    )
    .max(10_000),
});

/**
 * The alerts in a message of Alertmanager's webhook. Ours have a namespace: one that names none gets that of the receiver.
 * Throws `InvalidInput`.
 */
export function parseAlertmanagerWebhook(body: unknown, namespace: string): readonly AlertFact[] {
  const parsed = webhookForm.safeParse(body);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3);
    throw failure('InvalidInput', `this is no message of Alertmanager's webhook (version 4): ${why.join('; ')}`);
  }
  return parsed.data.alerts.map(({ status, labels, annotations, startsAt, endsAt, generatorURL }) => {
    const { alertname = 'alert', severity = '', ...others } = labels;
    return alertFact({
      name: alertname,
      severity: severityOf(severity),
      labels: { namespace, ...others },
      summary: annotations.summary || annotations.message || alertname,
      description: [annotations.description, generatorURL].filter(Boolean).join('\n'),
      workflowId: annotations.workflow_id ?? null,
      state: status,
      at: status === 'firing' ? startsAt : endsAt,
    });
  });
}

/** Prometheus users write what they like here. */
function severityOf(text: string): Severity {
  if (/^(critical|page|error|high|p1|sev1)$/i.test(text)) return 'critical';
  return /^(info|none|low|notice)$/i.test(text) ? 'info' : 'warning';
}
