import type { StagePlan } from '../definition/release-plan';
import type { Approvals } from './approvals';
import type { StageRoom } from './stage-work';
import { approvalSubject } from './subject';

export interface GateRoom extends Pick<StageRoom, 'input' | 'artifact'> {
  readonly approvals: Approvals;
  /** What the stage waits for, or got, for people. */
  waitsAt(stage: string, reason: string): void;
}

/** What approvals of this run are bound to now. */
export function subjectNow({ input, artifact }: Pick<GateRoom, 'input' | 'artifact'>): string {
  return approvalSubject(input.plan.hash, artifact?.digest ?? null);
}

/** Asks at all gates of a stage, in order. Answers why it may not start, or null when all approved `subject`. */
export async function askGates(room: GateRoom, stage: StagePlan, subject: string): Promise<string | null> {
  const { plan, author } = room.input;
  for (const gate of stage.gates) {
    room.waitsAt(stage.name, `waits at ${gate.name}`);
    const askedAt = new Date().toISOString();
    const question = { stage: stage.name, plan: gate, subject, author, directory: plan.directory, askedAt };
    const title = `${plan.name} ${plan.release}: ${gate.name} of ${stage.name}`;
    const { state, by, reason } = await room.approvals.ask(question, title);
    const who = by.length > 0 ? ` by ${by.join(', ')}` : '';
    if (state !== 'approved') return `${gate.name} ${state}${who}: ${reason}`;
    room.waitsAt(stage.name, `${gate.name} approved${who}`);
  }
  return null;
}
