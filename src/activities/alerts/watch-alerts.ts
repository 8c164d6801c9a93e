import { alertFact } from '../../analytics/alerting';
import type { AlertFact } from '../../contracts/alerting';
import type { AnalyzeInput, VerdictReason } from '../../contracts/analysis';

/** An `alerts` condition of an analysis, as an alert: its labels name the release in its place. */
export function watchAlerts(
  { target, key }: AnalyzeInput,
  workflowId: string,
  reasons: readonly VerdictReason[],
  state: AlertFact['state'],
  at: string,
): readonly AlertFact[] {
  const { namespace, environment, region, app, release } = target;
  return reasons.map(({ subject, message }) =>
    alertFact({
      name: subject,
      severity: 'warning',
      labels: { namespace, environment, region, app, release },
      summary: `${app} ${release} in ${region ?? environment}: ${message}`,
      description: `Found by the analysis ${key}.`,
      workflowId,
      state,
      at,
    }),
  );
}
