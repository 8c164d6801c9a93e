import type { AlertFact } from '../../contracts/alerting';
import type { Severity } from '../../contracts/alerts';
import { hashOf } from '../../definition/hash';

export interface FactText {
  readonly name: string;
  readonly severity: Severity;
  /** Without the alert's name. Empty values are left out: they would name nothing. */
  readonly labels: Readonly<Record<string, string | null | undefined>>;
  readonly summary: string;
  readonly description?: string;
  readonly workflowId?: string | null;
  readonly state: AlertFact['state'];
  readonly at: string;
  readonly forSeconds?: number;
  readonly endsAfterSeconds?: number | null;
}

/** What fits into a list and a pager; the entity's state is bounded by these. */
const longest = { summary: 500, description: 1_500, value: 200, labels: 20 } as const;

/** A fact with its fingerprint: 16 hex digits over the labels, of which the name is one. */
export function alertFact(text: FactText): AlertFact {
  const given = Object.entries({ alertname: text.name, ...text.labels }).flatMap(([label, value]) =>
    value ? [[label, value.slice(0, longest.value)] as const] : [],
  );
  const labels = Object.fromEntries(given.slice(0, longest.labels));
  return {
    fingerprint: hashOf(labels).slice(0, 16),
    name: text.name.slice(0, longest.value),
    severity: text.severity,
    labels,
    summary: text.summary.slice(0, longest.summary),
    description: (text.description ?? '').slice(0, longest.description),
    workflowId: text.workflowId ?? null,
    state: text.state,
    at: new Date(text.at).toISOString(),
    forSeconds: text.forSeconds ?? 0,
    endsAfterSeconds: text.endsAfterSeconds ?? null,
  };
}
