import { FactBook, type Facts, readEntry } from '../../../src/analytics/kpis';
import type { AuditEntry } from '../../../src/contracts/audit';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Day 0 of these tests. */
export const epoch = Date.parse('2026-03-01T00:00:00Z');

export interface Story {
  readonly namespace?: string;
  readonly workflow?: string;
  readonly release: string;
  readonly environment?: string;
  /** Milliseconds after `epoch`, as all times here. */
  readonly startedAt: number;
  readonly committedAt?: number;
  /** Question and answer. */
  readonly approval?: { readonly askedAt: number; readonly answeredAt: number; readonly outcome?: string };
  readonly endedAt: number;
  readonly outcome?: 'succeeded' | 'rolled_back' | 'aborted' | 'failed';
  readonly breachedAt?: number;
  readonly decidedAt?: number;
  readonly backAt?: number;
  /** Taken back after it had ended. */
  readonly takenBack?: { readonly breachedAt?: number; readonly decidedAt: number; readonly backAt: number };
}

const iso = (at: number | undefined) => (at === undefined ? null : new Date(epoch + at).toISOString());

/** The audit entries of one release on its way, as the workflows write them. */
export function entriesOf(story: Story): AuditEntry[] {
  const { namespace = 'team', workflow = 'shop', release, environment = 'production' } = story;
  const run = writer(`pipeline/${namespace}/${workflow}/${release}`, { namespace, workflow, release });
  const deployment = writer(`deployment/${namespace}/shop/${environment}/${release}`, {
    namespace,
    workflow,
    release,
    environment,
  });
  const { approval, takenBack } = story;
  const gate = { stage: 'deploy', gate: 'manual_approval' };
  const succeeded = (story.outcome ?? 'succeeded') === 'succeeded';
  return [
    run(story.startedAt, 'release.started', { planHash: 'ab' }),
    ...(story.committedAt === undefined
      ? [run(story.startedAt, 'artifact.built', { digest: 'sha256:1' })]
      : [run(story.startedAt, 'artifact.built', { digest: 'sha256:1', committedAt: iso(story.committedAt) })]),
    ...(approval
      ? [
          run(approval.askedAt, 'approval.requested', gate),
          run(approval.answeredAt, `approval.${approval.outcome ?? 'approved'}`, gate),
        ]
      : []),
    ...(approval?.outcome === 'rejected'
      ? []
      : [
          deployment(story.endedAt, `deployment.${story.outcome ?? 'succeeded'}`, {
            app: 'shop',
            mode: 'deploy',
            serving: succeeded ? release : null,
            breachedAt: iso(story.breachedAt),
            rollbackDecidedAt: iso(story.decidedAt),
            trafficBackAt: iso(story.backAt),
          }),
        ]),
    run(story.endedAt, 'release.finished', { phase: story.outcome ?? 'succeeded' }),
    ...(takenBack
      ? [
          writer(`rollback/${namespace}/shop/${environment}/${release}`, {
            namespace,
            workflow,
            release,
            environment,
          })(takenBack.backAt, 'deployment.rolled_back', {
            app: 'shop',
            mode: 'rollback',
            serving: null,
            breachedAt: iso(takenBack.breachedAt),
            rollbackDecidedAt: iso(takenBack.decidedAt),
            trafficBackAt: iso(takenBack.backAt),
          }),
        ]
      : []),
  ];
}

type Subject = Pick<AuditEntry, 'namespace' | 'workflow' | 'release' | 'environment'>;

/** Numbers the entries of one run, as the trail does. */
function writer(workflowId: string, subject: Subject) {
  let sequence = 0;
  return (at: number, action: string, details: Record<string, unknown>): AuditEntry => {
    sequence += 1;
    return {
      key: `${workflowId}/run-1/${sequence}`,
      at: new Date(epoch + at).toISOString(),
      actor: { name: 'system', source: 'system' },
      action,
      workflowId,
      ...subject,
      details,
    };
  };
}

/** All at once, as opposed to batch by batch. */
export function factsOf(entries: readonly AuditEntry[]): Facts {
  const book = new FactBook();
  for (const entry of entries) readEntry(entry, book);
  return book.all();
}
