import type { AuditEntry } from '../../contracts/audit';
import type { FactBook } from './fact-book';
import type { ApprovalFact, FactOwner, RunFact } from './facts';

/**
 * Takes what one entry of the audit trail says into the book. Entries of one run come in their order, as the trail writes
 * them; runs may come in any order among each other. An entry that comes again changes nothing; one that is unreadable or
 * says nothing of delivery is passed over.
 */
export function readEntry(entry: AuditEntry, book: FactBook): void {
  const owner = ownerOf(entry);
  const at = timeOf(entry.at);
  if (!owner || at === null) return;
  const runKey = runKeyOf(entry);
  switch (entry.action) {
    case 'release.started':
      book.putRun({ ...runOf(book, runKey, owner), startedAt: at });
      break;
    case 'artifact.built':
      book.putRun({ ...runOf(book, runKey, owner), committedAt: timeOf(entry.details?.committedAt) });
      break;
    case 'release.finished':
      book.putRun({ ...runOf(book, runKey, owner), finishedAt: at });
      withdraw(book, runKey, at);
      break;
    case 'approval.requested':
      ask(entry, { runKey, at, owner }, book);
      break;
    case 'approval.approved':
    case 'approval.rejected':
    case 'approval.expired':
      answer(entry, { runKey, at }, book);
      break;
    default:
      if (entry.action.startsWith('deployment.')) readDeployment(entry, { runKey, at, owner }, book);
  }
}

/** The part of an entry's key that all entries of its run share. */
export function runKeyOf({ key }: Pick<AuditEntry, 'key'>): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}

interface Place {
  readonly runKey: string;
  readonly at: number;
  readonly owner: FactOwner;
}

function ask(entry: AuditEntry, { runKey, at, owner }: Place, book: FactBook): void {
  if (book.hasApproval(entry.key)) return;
  const { stage, gate } = gateOf(entry);
  book.putApproval({ ...owner, key: entry.key, runKey, stage, gate, requestedAt: at, endedAt: null, outcome: null });
}

function answer(entry: AuditEntry, { runKey, at }: Omit<Place, 'owner'>, book: FactBook): void {
  const { stage, gate } = gateOf(entry);
  const asked = book.openApprovals(runKey).findLast((open) => open.stage === stage && open.gate === gate);
  const outcome = entry.action.slice('approval.'.length) as ApprovalFact['outcome'];
  if (asked) book.putApproval({ ...asked, endedAt: at, outcome });
}

function withdraw(book: FactBook, runKey: string, at: number): void {
  for (const open of book.openApprovals(runKey)) book.putApproval({ ...open, endedAt: at, outcome: 'withdrawn' });
}

/** The last entry of a deployment; those of commands (`deployment.paused`) say no `mode`. */
function readDeployment(entry: AuditEntry, { runKey, at, owner }: Place, book: FactBook): void {
  const { details = {}, environment } = entry;
  const { app, mode } = details;
  if (typeof app !== 'string' || typeof mode !== 'string' || environment === undefined) return;
  withdraw(book, runKey, at);
  const decidedAt = timeOf(details.rollbackDecidedAt);
  const wentLive = mode === 'deploy' && entry.action === 'deployment.succeeded';
  // Aborted by people before it was done: neither a change that went live nor one that failed.
  const failed = decidedAt !== null && entry.action !== 'deployment.aborted';
  const place = { ...owner, runKey, app, environment };
  if (mode === 'deploy' && (wentLive || failed)) book.putDeployment({ ...place, endedAt: at, wentLive });
  if (!failed) return;
  const breachedAt = timeOf(details.breachedAt);
  book.putFailure({ ...place, breachedAt, decidedAt, trafficBackAt: timeOf(details.trafficBackAt) });
}

function runOf(book: FactBook, runKey: string, owner: FactOwner): RunFact {
  return book.run(runKey) ?? { ...owner, runKey, startedAt: null, committedAt: null, finishedAt: null };
}

function ownerOf({ namespace, workflow, release, key, action }: Partial<AuditEntry>): FactOwner | null {
  const texts = [namespace, workflow, release, key, action];
  if (texts.some((text) => typeof text !== 'string')) return null;
  return { namespace: namespace ?? '', workflow: workflow ?? '', release: release ?? '' };
}

function gateOf({ details }: AuditEntry): { readonly stage: string; readonly gate: string } {
  return { stage: String(details?.stage ?? ''), gate: String(details?.gate ?? '') };
}

function timeOf(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
