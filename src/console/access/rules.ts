import type { ConsoleRole } from '../api';

/** Who may use a route. `anyone` has no need to be signed in; a `hook` proves itself by the signature of its body. */
export type Rule = ConsoleRole | 'anyone' | 'hook';

/** Every route under /api/v1 and /hooks. One that is not here cannot be registered. */
export const rules: Readonly<Record<string, Rule>> = {
  'GET /api/v1/openapi.json': 'anyone',
  'GET /api/v1/session': 'anyone',
  'POST /api/v1/session': 'anyone',
  'DELETE /api/v1/session': 'anyone',
  'GET /api/v1/session/link': 'anyone',
  'GET /api/v1/session/oidc': 'anyone',
  'GET /api/v1/session/oidc/callback': 'anyone',
  'POST /api/v1/session/links': 'admin',

  'GET /api/v1/events': 'viewer',
  'GET /api/v1/runs': 'viewer',
  'GET /api/v1/runs/:id': 'viewer',
  'GET /api/v1/runs/:id/timeline': 'viewer',
  'GET /api/v1/runs/:id/analyses': 'viewer',
  'GET /api/v1/runs/:id/logs': 'viewer',
  'GET /api/v1/watches': 'viewer',
  'GET /api/v1/approvals': 'viewer',
  'GET /api/v1/estate': 'viewer',
  'GET /api/v1/alerts': 'viewer',
  'GET /api/v1/kpis': 'viewer',
  'GET /api/v1/audit': 'viewer',
  'GET /api/v1/audit/verify': 'viewer',
  'GET /api/v1/audit/export': 'viewer',
  'POST /api/v1/plan': 'viewer',

  'POST /api/v1/runs/:id/pause': 'operator',
  'POST /api/v1/runs/:id/resume': 'operator',
  'POST /api/v1/runs/:id/abort': 'operator',
  'POST /api/v1/runs/:id/rollback': 'operator',
  'POST /api/v1/runs/:id/skip': 'operator',
  'POST /api/v1/environments/:namespace/:environment/freeze': 'operator',
  'POST /api/v1/environments/:namespace/:environment/unfreeze': 'operator',
  'POST /api/v1/environments/:namespace/:environment/drift': 'operator',
  'POST /api/v1/alerts/:fingerprint/acknowledge': 'operator',
  'POST /api/v1/silences': 'operator',
  'DELETE /api/v1/silences/:id': 'operator',

  'POST /api/v1/runs/:id/decisions': 'approver',

  'GET /api/v1/platforms': 'viewer',
  'PUT /api/v1/platforms': 'admin',
  'POST /api/v1/signatures': 'admin',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',

  'POST /hooks/slack': 'hook',
  'POST /hooks/events': 'hook',
  'POST /hooks/alertmanager': 'operator',
};

export function ruleOf(method: string, url: string | undefined): Rule | undefined {
  const key = `${method} ${url ?? ''}`;
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}
