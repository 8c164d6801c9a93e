import type { DecideInput } from '../../src/contracts/messages';
import type { ApprovalGatePlan } from '../../src/definition/release-plan';
import { ApprovalGate, type GateQuestion } from '../../src/workflows/approval-gate';
import { author, bob, cleo, gatePlan } from './plans';

const askedAt = '2026-01-01T10:00:00.000Z';
const soon = Date.parse('2026-01-01T10:00:01.000Z');
const late = Date.parse('2026-01-02T10:00:00.000Z');

function gate(plan: Partial<ApprovalGatePlan> = {}, change: Partial<GateQuestion> = {}): ApprovalGate {
  return new ApprovalGate({
    stage: 'production',
    plan: gatePlan(plan),
    subject: 'subject-of-now',
    author,
    directory: null,
    askedAt,
    ...change,
  });
}

function decision(change: Partial<DecideInput> = {}): DecideInput {
  return { stage: 'production', verdict: 'approve', by: bob, reason: 'fine', ...change };
}

/** Decides as the workflow does: counts what is not refused, and answers the refusal. */
function decide(on: ApprovalGate, change: Partial<DecideInput> = {}, now = soon): string | null {
  const refusal = on.refusalOf(decision(change), now);
  if (refusal === null) on.count(decision(change));
  return refusal;
}

const directory = { users: { bob: ['developer'], cleo: ['release_manager', 'developer'], dora: [] } };

describe('an approval gate', () => {
  it('is approved by one person who is not the author', () => {
    const open = gate();

    expect(decide(open)).toBeNull();
    expect(open.outcome).toEqual({ state: 'approved', by: ['bob'], reason: 'fine' });
  });

  it('refuses the author, and takes it when the plan allows it', () => {
    expect(decide(gate(), { by: author })).toBe(
      'anna started this release and may not approve it (separation of duties; allow_author is false)',
    );
    expect(decide(gate({ allowAuthor: true }), { by: author })).toBeNull();
  });

  it('lets the author reject', () => {
    const open = gate();

    expect(decide(open, { by: author, verdict: 'reject', reason: 'found a bug' })).toBeNull();
    expect(open.outcome).toEqual({ state: 'rejected', by: ['anna'], reason: 'found a bug' });
  });

  it('waits for its quorum, of different people', () => {
    const open = gate({ quorum: 2 });

    expect(decide(open)).toBeNull();
    expect(open.outcome).toBeNull();
    expect(decide(open)).toBe('bob has approved already; 1 more must be somebody else');
    expect(open.awaiting('id').approvedBy).toEqual(['bob']);
    expect(decide(open, { by: cleo })).toBeNull();
    expect(open.outcome).toMatchObject({ state: 'approved', by: ['bob', 'cleo'] });
  });

  it('ends with the first rejection, also by somebody who approved before', () => {
    const open = gate({ quorum: 3 });
    decide(open);

    expect(decide(open, { verdict: 'reject', reason: '' })).toBeNull();
    expect(open.outcome).toEqual({ state: 'rejected', by: ['bob'], reason: 'no reason given' });
  });

  it('takes only the approvers it names', () => {
    const open = gate({ approvers: ['cleo'] });

    expect(decide(open)).toBe('bob may not decide gate manual_approval: a decider must be one of cleo');
    expect(decide(open, { by: cleo })).toBeNull();
  });

  it('takes only people with the role, as the directory has it', () => {
    const open = gate({ roles: ['release_manager'] }, { directory });

    expect(decide(open)).toBe(
      'bob may not decide gate manual_approval: a decider must have the role release_manager (has: developer)',
    );
    expect(decide(open, { by: { name: 'dora', source: 'cli' } })).toContain('(has: no roles)');
    expect(decide(open, { by: { name: 'eve', source: 'cli' } })).toBe(
      'eve may not decide gate manual_approval: a decider must have the role release_manager',
    );
    expect(decide(open, { by: cleo })).toBeNull();
  });

  it('takes nobody for a role when the platform keeps no directory', () => {
    expect(decide(gate({ roles: ['release_manager'] }))).toContain('must have the role release_manager');
  });

  it('takes a named approver or one with a role, whichever fits', () => {
    const plan = { approvers: ['bob'], roles: ['release_manager'] };

    expect(decide(gate(plan, { directory }))).toBeNull();
    expect(decide(gate(plan, { directory }), { by: cleo })).toBeNull();
    expect(decide(gate(plan, { directory }), { by: { name: 'dora', source: 'cli' } })).toContain(
      'must be one of bob, or have the role release_manager',
    );
  });

  it('takes only known users when there is a directory and no rule', () => {
    const open = gate({}, { directory });

    expect(decide(open, { by: { name: 'eve', source: 'cli' } })).toBe(
      "eve is not in the platform's directory of users",
    );
    expect(decide(open, { by: { name: 'dora', source: 'cli' } })).toBeNull();
  });

  it('does not mistake a property of objects for a user', () => {
    const open = gate({}, { directory });

    expect(decide(open, { by: { name: 'constructor', source: 'cli' } })).toContain('is not in the platform');
    expect(decide(open, { by: { name: '__proto__', source: 'cli' } })).toContain('is not in the platform');
  });

  it('refuses a decision on something else than what is asked', () => {
    expect(decide(gate(), { subject: 'subject-of-before' })).toBe(
      'what you looked at (subject-of-b) is no longer what is asked (subject-of-n): look again, then decide',
    );
    expect(decide(gate(), { subject: 'subject-of-now' })).toBeNull();
  });

  it('refuses what comes after it expired, to the millisecond', () => {
    const open = gate();

    expect(open.refusalOf(decision(), late - 1)).toBeNull();
    expect(open.refusalOf(decision(), late)).toBe('gate manual_approval expired at 2026-01-02T10:00:00.000Z');
  });

  it('expires with the count so far, and only when nobody decided', () => {
    const open = gate({ quorum: 2 });
    decide(open);
    const decided = gate();
    decide(decided);

    open.expire();
    decided.expire();

    expect(open.outcome).toEqual({
      state: 'expired',
      by: ['bob'],
      reason: 'nobody decided in time: 1 of 2 approvals by 2026-01-02T10:00:00.000Z',
    });
    expect(decided.outcome?.state).toBe('approved');
  });

  it('refuses everything once it is decided', () => {
    const open = gate();
    decide(open);

    expect(decide(open, { by: cleo, verdict: 'reject' })).toBe('gate manual_approval is approved already');
  });

  it('takes those it was escalated to, and only then', () => {
    const open = gate({ approvers: ['cleo'], escalateTo: ['bob'] });

    const before = decide(open);
    open.escalated = true;

    expect(before).toContain('must be one of cleo');
    expect(open.awaiting('id').approvers).toEqual(['cleo', 'bob']);
    expect(decide(open)).toBeNull();
  });
});
