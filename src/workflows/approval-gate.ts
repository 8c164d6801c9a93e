import { authorityRefusal } from '../contracts/decision-authority';
import type { Identity } from '../contracts/identity';
import type { DecideInput } from '../contracts/messages';
import type { AwaitingApproval } from '../contracts/status';
import type { ApprovalGatePlan, Directory } from '../definition/release-plan';

export interface GateQuestion {
  readonly stage: string;
  readonly plan: ApprovalGatePlan;
  /** What is approved: a hash over artifact digest, document and steps. */
  readonly subject: string;
  readonly author: Identity;
  readonly directory: Directory | null;
  /** ISO-8601. */
  readonly askedAt: string;
}

export type GateOutcome =
  | { readonly state: 'approved'; readonly by: readonly string[]; readonly reason: string }
  | { readonly state: 'rejected'; readonly by: readonly string[]; readonly reason: string }
  | { readonly state: 'expired'; readonly by: readonly string[]; readonly reason: string };

/**
 * One question to people: quorum, roles and separation of duties. Pure state; who asks, reminds and waits is
 * `approvals.ts`. One rejection by somebody who may decide ends it.
 */
export class ApprovalGate {
  outcome: GateOutcome | null = null;
  escalated = false;
  private readonly approvedBy: string[] = [];

  constructor(readonly question: GateQuestion) {}

  get expiresAt(): string {
    const { askedAt, plan } = this.question;
    return new Date(Date.parse(askedAt) + plan.expiresInSeconds * 1000).toISOString();
  }

  /** Why this decision does not count, as a sentence; null when it does. */
  refusalOf(decision: DecideInput, now: number): string | null {
    const { plan, subject, author, askedAt, directory } = this.question;
    if (this.outcome) return `gate ${plan.name} is ${this.outcome.state} already`;
    if (now >= Date.parse(this.expiresAt)) return `gate ${plan.name} expired at ${this.expiresAt}`;
    if (decision.subject !== undefined && decision.subject !== subject) {
      return `what you looked at (${decision.subject.slice(0, 12)}) is no longer what is asked (${subject.slice(0, 12)}): look again, then decide`;
    }
    if (decision.askedAt !== undefined && decision.askedAt !== askedAt) {
      return `this answers what was asked at ${decision.askedAt}; what waits was asked at ${askedAt}: look again, then decide`;
    }
    const question = {
      gate: plan,
      author: author.name,
      directory,
      escalatedTo: this.escalated ? plan.escalateTo : [],
      approvedBy: this.approvedBy,
      quorum: plan.quorum,
    };
    return authorityRefusal(question, decision.by.name, decision.verdict);
  }

  /** Counts a decision that was not refused. */
  count(decision: DecideInput): void {
    const { plan } = this.question;
    if (decision.verdict === 'reject') {
      this.outcome = { state: 'rejected', by: [decision.by.name], reason: decision.reason || 'no reason given' };
      return;
    }
    this.approvedBy.push(decision.by.name);
    if (this.approvedBy.length >= plan.quorum) {
      this.outcome = { state: 'approved', by: [...this.approvedBy], reason: decision.reason };
    }
  }

  expire(): void {
    const { plan } = this.question;
    this.outcome ??= {
      state: 'expired',
      by: [...this.approvedBy],
      reason: `nobody decided in time: ${this.approvedBy.length} of ${plan.quorum} approvals by ${this.expiresAt}`,
    };
  }

  awaiting(workflowId: string): AwaitingApproval {
    const { stage, plan, subject, askedAt } = this.question;
    return {
      workflowId,
      stage,
      gate: plan.name,
      roles: plan.roles,
      approvers: this.escalated ? [...plan.approvers, ...plan.escalateTo] : plan.approvers,
      quorum: plan.quorum,
      approvedBy: [...this.approvedBy],
      subject,
      askedAt,
      expiresAt: this.expiresAt,
    };
  }
}
