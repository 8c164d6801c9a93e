import { isFinal } from '../contracts/phases';
import type { AwaitingApproval } from '../contracts/status';
import { InvalidInput, Refused } from './errors';
import type { Decision, RunStatus } from './types';

/** The approval a decision is about. Throws `Refused` when nothing waits there, `InvalidInput` when it is not clear. */
export function askedFor(status: RunStatus, { stage, gate }: Decision): AwaitingApproval {
  const fitting = status.awaiting.filter(
    (one) => (stage === undefined || one.stage === stage) && (gate === undefined || one.gate === gate),
  );
  const [first, ...others] = fitting;
  if (first && others.length === 0) return first;
  const waiting = status.awaiting.map((one) => `${one.stage} (${one.gate})`).join(', ');
  if (first) throw new InvalidInput(`several approvals are asked, say which stage and gate: ${waiting}`);
  throw new Refused(`${whyNot(status, stage)}${waiting === '' ? '' : `; asked is: ${waiting}`}`);
}

function whyNot({ workflowId, phase, stages }: RunStatus, stage: string | undefined): string {
  if (isFinal(phase)) return `${workflowId} has ended (${phase}): it takes no more decisions`;
  const named = stages.find((one) => one.name === stage);
  if (named) return `stage ${named.name} waits for no decision (it is ${named.phase})`;
  if (stage === undefined) return `${workflowId} waits for no decision (it is ${phase})`;
  return `${workflowId} has no stage "${stage}": it has ${stages.map(({ name }) => name).join(', ')}`;
}
