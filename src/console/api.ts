import type { AuditRow } from '../activities/audit';
import type { RunStatus, RunSummary } from '../client';
import type { VerdictReason } from '../contracts/analysis';
import type { AwaitingApproval, EnvironmentStatus, TimelineEvent } from '../contracts/status';
import type { DriftResult } from '../contracts/workflows';
import type { Diagnostic } from '../definition/diagnostic';

// What the API answers with, under /api/v1: the page and services read these shapes, the OpenAPI document describes
// them. Times are ISO-8601; a run is named by its workflow id, percent-encoded in paths. Beside these: alerts as in
// contracts/alerts.ts, figures as in contracts/kpis.ts.

/** Each role may what those before it may. */
export const consoleRoles = ['viewer', 'operator', 'approver', 'admin'] as const;
export type ConsoleRole = (typeof consoleRoles)[number];

/** GET /session. Everything a page needs before it shows anything; also for those who are not signed in. */
export interface Session {
  readonly user: { readonly name: string; readonly displayName: string; readonly role: ConsoleRole } | null;
  /** Goes back in the header `x-csrf-token` of every request that changes something. */
  readonly csrfToken: string;
  readonly signIn: { readonly local: boolean; readonly oidc: { readonly label: string } | null };
  readonly temporalUiUrl: string | null;
  readonly version: string;
}

/** GET /runs?namespace&name&release&phase&awaiting&limit: newest first. */
export interface RunList {
  readonly runs: readonly RunSummary[];
}

/** GET /runs/:id */
export interface RunDetail {
  readonly status: RunStatus;
  /** The DAG, in the order of the document. */
  readonly stages: readonly StageOutline[];
  readonly url: string | null;
}

export interface StageOutline {
  readonly name: string;
  readonly kind: string;
  readonly requires: readonly string[];
  readonly gates: readonly string[];
  readonly environment: string | null;
  readonly strategy: string | null;
}

/** GET /runs/:id/timeline */
export interface RunTimeline {
  readonly events: readonly TimelineEvent[];
}

/** GET /runs/:id/analyses: what is watched now, for live charts. */
export interface RunAnalyses {
  readonly analyses: readonly AnalysisView[];
}

export interface AnalysisView {
  readonly key: string;
  readonly environment: string;
  readonly release: string;
  readonly baselineRelease: string | null;
  readonly startedAt: string;
  readonly endsAt: string;
  /** Of what must hold or must not happen: each with its figures, as far as it is known now. */
  readonly reasons: readonly VerdictReason[];
  readonly charts: readonly MetricChart[];
}

export interface MetricChart {
  readonly metric: string;
  readonly unit: string;
  /** Lines that a condition draws. */
  readonly thresholds: readonly { readonly condition: string; readonly value: number }[];
  readonly candidate: readonly ChartPoint[];
  readonly baseline: readonly ChartPoint[];
}

export interface ChartPoint {
  readonly at: string;
  readonly value: number | null;
}

/** GET /approvals */
export interface ApprovalInbox {
  readonly approvals: readonly ApprovalItem[];
}

export interface ApprovalItem {
  readonly asked: AwaitingApproval;
  readonly runId: string;
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
  readonly author: string;
  readonly environment: string | null;
  /** What serves there now, which this would replace. */
  readonly serving: string | null;
  /** What was found so far: verdicts of the stages before. */
  readonly evidence: readonly { readonly stage: string; readonly reason: VerdictReason }[];
  readonly risk: Risk;
  /** Why the person who asks may not decide; null when they may. */
  readonly refusal: string | null;
}

/** Adds up what people would ask before they decide; each point says why it is there. */
export interface Risk {
  readonly level: 'low' | 'medium' | 'high';
  readonly points: readonly string[];
}

/** POST /runs/:id/decisions */
export interface DecisionRequest {
  readonly stage: string;
  readonly gate: string;
  readonly verdict: 'approve' | 'reject';
  readonly reason: string;
  readonly subject: string;
}

/** POST /runs/:id/{pause,resume,abort,rollback,skip}; `stage` with skip only. */
export interface CommandRequest {
  readonly reason: string;
  readonly stage?: string;
}

/** GET /estate */
export interface Estate {
  readonly environments: readonly EstateEnvironment[];
}

export interface EstateEnvironment {
  readonly status: EnvironmentStatus;
  /** The last look; null: never looked. POST /environments/:namespace/:environment/drift looks. */
  readonly drift: { readonly at: string; readonly result: DriftResult } | null;
  readonly firingAlerts: number;
  readonly health: 'healthy' | 'changing' | 'frozen' | 'degraded' | 'empty';
}

/** POST /plan with { documents: [{name, text}] }: what a pasted document would do; changes nothing. */
export interface PlanPreview {
  readonly diagnostics: readonly Diagnostic[];
  /** Null when a diagnostic is an error. */
  readonly stages: readonly (StageOutline & { readonly steps: readonly string[] })[] | null;
}

/** GET /audit?workflowId&namespace&actor&action&before&limit */
export interface AuditPage {
  readonly entries: readonly AuditRow[];
}

/** GET /tokens (admin). A token's secret is shown once, in the answer to POST /tokens. */
export interface ApiTokens {
  readonly tokens: readonly ApiToken[];
}

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: ConsoleRole;
  readonly by: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

/**
 * GET /events (server-sent events): what has changed, not how; who shows it asks for it again. `id` is there for runs
 * alone. A `hello` comes first, a comment line every 15 s; a client that does not read is cut off.
 */
export type LiveEvent =
  | { readonly type: 'hello' }
  | { readonly type: 'run'; readonly id: string }
  | { readonly type: 'runs' }
  | { readonly type: 'approvals' }
  | { readonly type: 'estate' }
  | { readonly type: 'alerts' };

/** Every answer that is not 2xx. `remedy`: what to do, where there is something. */
export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null };
}

/** GET /runs/:id/logs?stage */
export interface RunLogs {
  readonly logs: readonly {
    readonly stage: string;
    readonly at: string;
    readonly title: string;
    readonly text: string;
  }[];
}

/** POST /tokens with { name, role, expiresAt? } (admin). */
export interface NewApiToken {
  readonly token: ApiToken;
  /** Shown this once. */
  readonly secret: string;
}

/** POST /session/links (the owner of the machine): where a browser is signed in by it, once. */
export interface SignInLink {
  readonly path: string;
}

/** GET /watches: counters of the observer of this process; null: it has none. */
export type ObserverStats = { readonly [figure: string]: number } | null;

// POST /session with { name, password } signs a local user in, DELETE /session signs out. Where `signIn.oidc` is set, GET
// /session/oidc leads to the identity provider and comes back to the page. POST /environments/:namespace/:environment/
// {freeze,unfreeze,drift} take { reason }, `freeze` also { id, until }, `drift` also { heal }; to look needs no reason.
