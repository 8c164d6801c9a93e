import { condition, workflowInfo } from '@temporalio/workflow';
import type { Notification } from '../contracts/activities';
import { failure } from '../contracts/errors';
import type { DecideInput } from '../contracts/messages';
import type { AwaitingApproval } from '../contracts/status';
import type { Announcer } from './announcer';
import { ApprovalGate, type GateOutcome, type GateQuestion } from './approval-gate';
import { type Proofs, saidBy } from './proofs';
import type { Trail } from './trail';

/** The open questions of one workflow: asks, reminds, escalates, expires, and takes the decisions. */
export class Approvals {
  private readonly open: ApprovalGate[] = [];

  constructor(
    private readonly trail: Trail,
    private readonly announcer: Announcer,
    private readonly changed: () => void,
    private readonly proofs: Proofs,
  ) {}

  awaiting(): AwaitingApproval[] {
    const { asked } = this.proofs;
    return this.open.map((gate) => ({ ...gate.awaiting(workflowInfo().workflowId), ...asked }));
  }

  /** Waits for people; ends at the latest when the gate expires. Cancelled, it withdraws the question. */
  async ask(question: GateQuestion, title: string): Promise<GateOutcome> {
    const gate = new ApprovalGate(question);
    this.open.push(gate);
    this.trail.note({
      action: 'approval.requested',
      stage: question.stage,
      message: `${title}: waits for ${question.plan.quorum} approval(s) until ${gate.expiresAt}`,
      details: { gate: question.plan.name, subject: question.subject },
    });
    this.announcer.tell(
      'approval.requested',
      title,
      `${question.plan.quorum} approval(s) needed until ${gate.expiresAt}`,
      whatIsAsked(question),
    );
    this.changed();
    try {
      await this.waitFor(gate, title);
    } finally {
      this.open.splice(this.open.indexOf(gate), 1);
      this.changed();
    }
    const outcome = gate.outcome ?? { state: 'expired', by: [], reason: 'withdrawn' };
    this.trail.note({
      action: `approval.${outcome.state}`,
      stage: question.stage,
      message: `${title}: ${outcome.state}${outcome.by.length > 0 ? ` by ${outcome.by.join(', ')}` : ''}${outcome.reason ? ` (${outcome.reason})` : ''}`,
      details: { gate: question.plan.name, subject: question.subject, by: outcome.by, askedAt: question.askedAt },
    });
    return outcome;
  }

  /** Names no open gate: nothing to decide, so nothing to audit either. */
  unanswerable(decision: DecideInput): string | null {
    const candidates = this.candidates(decision);
    if (candidates.length === 1) return null;
    const asked = this.open.map(({ question }) => `${question.stage}/${question.plan.name}`).join(', ') || 'nothing';
    if (candidates.length === 0) {
      return `stage ${decision.stage}${decision.gate ? ` has no open gate ${decision.gate}` : ' does not wait for an approval'}; waiting: ${asked}`;
    }
    return `stage ${decision.stage} waits at several gates, name one: ${asked}`;
  }

  /** Counts the decision, or throws `PermissionDenied` or `Conflict` with the reason; both are audited. */
  decide(decision: DecideInput): void {
    const [gate] = this.candidates(decision);
    if (!gate) throw failure('Conflict', this.unanswerable(decision) ?? 'no such gate');
    const refusal = gate.refusalOf(decision, Date.now());
    if (refusal) {
      this.refuse(decision, refusal);
      throw failure('PermissionDenied', refusal);
    }
    gate.count(decision);
    const { by, verdict, stage } = decision;
    const said = saidBy(decision, `${by.name}: ${verdict}`);
    const details = { ...aboutOf(gate, decision), source: by.source, ...said.details };
    this.trail.note({ action: 'approval.decided', stage, ...said, details });
    this.changed();
  }

  /** Puts a decision that does not count on record. */
  refuse(decision: DecideInput, reason: string): void {
    const [gate] = this.candidates(decision);
    this.trail.note({
      action: 'approval.refused',
      actor: decision.by,
      stage: decision.stage,
      message: `decision of ${decision.by.name} refused: ${reason}`,
      ...(gate ? { details: aboutOf(gate, decision) } : {}),
    });
  }

  private candidates(decision: DecideInput): ApprovalGate[] {
    return this.open.filter(
      ({ question }) =>
        question.stage === decision.stage && (decision.gate === undefined || decision.gate === question.plan.name),
    );
  }

  private async waitFor(gate: ApprovalGate, title: string): Promise<void> {
    const { plan, askedAt } = gate.question;
    const asked = Date.parse(askedAt);
    const expires = Date.parse(gate.expiresAt);
    const escalates = plan.escalateTo.length > 0 ? asked + (expires - asked) / 2 : Number.POSITIVE_INFINITY;
    let reminds = plan.remindEverySeconds ? asked + plan.remindEverySeconds * 1000 : Number.POSITIVE_INFINITY;

    while (!gate.outcome) {
      const wake = Math.min(expires, reminds, gate.escalated ? Number.POSITIVE_INFINITY : escalates);
      const decided = await condition(() => gate.outcome !== null, Math.max(1, wake - Date.now()), {
        summary: `approval ${plan.name} of ${gate.question.stage}`,
      });
      if (decided) return;
      const now = Date.now();
      if (now >= expires) return gate.expire();
      if (!gate.escalated && now >= escalates) {
        gate.escalated = true;
        this.trail.note({
          action: 'approval.escalated',
          stage: gate.question.stage,
          message: `${title}: half the time is over, ${plan.escalateTo.join(', ')} may decide too`,
        });
        this.announcer.tell(
          'approval.escalated',
          title,
          `escalated to ${plan.escalateTo.join(', ')}, until ${gate.expiresAt}`,
          whatIsAsked(gate.question),
        );
        this.changed();
      }
      if (now >= reminds) {
        reminds += (plan.remindEverySeconds ?? 0) * 1000;
        this.announcer.tell(
          'approval.reminder',
          title,
          `still waiting, until ${gate.expiresAt}`,
          whatIsAsked(gate.question),
        );
      }
    }
  }
}

function aboutOf({ question }: ApprovalGate, { verdict }: DecideInput): Readonly<Record<string, unknown>> {
  return { gate: question.plan.name, subject: question.subject, verdict };
}

/** What a decision must name: a channel with buttons sends it back. */
function whatIsAsked({ stage, plan, subject }: GateQuestion): Notification['approval'] {
  return { stage, gate: plan.name, subject };
}
