import type { AwaitingApproval } from '../contracts/status';
import { InvalidInput, NotFound, Refused } from './errors';
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
  if (stage !== undefined && !status.stages.some((one) => one.name === stage)) {
    throw new NotFound(
      `${status.workflowId} has no stage "${stage}": it has ${status.stages.map((s) => s.name).join(', ')}`,
    );
  }
  const what = stage === undefined ? status.workflowId : `stage ${stage}`;
  const phase = status.stages.find((one) => one.name === stage)?.phase ?? status.phase;
  throw new Refused(`${what} waits for no decision (it is ${phase})${waiting === '' ? '' : `; asked is: ${waiting}`}`);
}
