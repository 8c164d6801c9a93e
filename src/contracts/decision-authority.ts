import type { ApprovalGatePlan, Directory } from '../definition/release-plan';

// Who may decide what is asked: the workflow refuses by it, and the console says beforehand why it would.

export interface Question {
  readonly gate: Pick<ApprovalGatePlan, 'name' | 'approvers' | 'roles' | 'allowAuthor'>;
  readonly author: string;
  readonly directory: Directory | null;
  /** Those who may decide too, because half the time is over. */
  readonly escalatedTo: readonly string[];
  readonly approvedBy: readonly string[];
  readonly quorum: number;
}

/** Why this person may not approve or reject, as a sentence; null when they may. */
export function authorityRefusal(question: Question, who: string, verdict: 'approve' | 'reject'): string | null {
  const { gate, author, approvedBy, quorum } = question;
  if (verdict === 'approve' && who === author && !gate.allowAuthor) {
    return `${who} started this release and may not approve it (separation of duties; allow_author is false)`;
  }
  const refusal = roleRefusal(question, who);
  if (refusal) return refusal;
  if (verdict === 'approve' && approvedBy.includes(who)) {
    return `${who} has approved already; ${quorum - approvedBy.length} more must be somebody else`;
  }
  return null;
}

function roleRefusal({ gate, directory, escalatedTo }: Question, who: string): string | null {
  if (gate.approvers.includes(who) || escalatedTo.includes(who)) return null;
  const roles = directory && Object.hasOwn(directory.users, who) ? directory.users[who] : undefined;
  if (roles?.some((role) => gate.roles.includes(role))) return null;
  if (gate.approvers.length === 0 && gate.roles.length === 0) {
    return directory && !roles ? `${who} is not in the platform's directory of users` : null;
  }
  const wanted = [
    ...(gate.approvers.length > 0 ? [`be one of ${gate.approvers.join(', ')}`] : []),
    ...(gate.roles.length > 0 ? [`have the role ${gate.roles.join(' or ')}`] : []),
  ].join(', or ');
  return `${who} may not decide gate ${gate.name}: a decider must ${wanted}${roles ? ` (has: ${roles.join(', ') || 'no roles'})` : ''}`;
}
