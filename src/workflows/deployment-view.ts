import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { VerdictReason } from '../contracts/analysis';
import { stageProgressSignal } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import type { AwaitingApproval, DeploymentStatus } from '../contracts/status';
import type { DeploymentInput } from '../contracts/workflows';
import { stepTitle } from '../definition/step-title';
import { deploymentDetails } from './details';

interface StepView {
  readonly title: string;
  phase: Phase;
  startedAt: string | null;
  endedAt: string | null;
}

/** What people see of a deployment: its status query, its page in Temporal's UI, and the word to its pipeline. */
export class DeploymentView {
  phase: Phase = Phase.waiting;
  reason = 'asks for the environment';
  weight = 0;
  stableRelease: string | null = null;
  paused = false;
  readonly decisions: VerdictReason[] = [];
  private readonly steps: StepView[];
  private toldPipeline = '';

  constructor(
    private readonly input: DeploymentInput,
    private readonly awaiting: () => AwaitingApproval[],
  ) {
    const steps = input.mode === 'deploy' ? input.plan.steps : [];
    this.steps = steps.map((step) => ({
      title: stepTitle(step),
      phase: Phase.waiting,
      startedAt: null,
      endedAt: null,
    }));
  }

  begin(index: number): void {
    const step = this.steps[index];
    if (!step) return;
    step.phase = Phase.running;
    step.startedAt = new Date().toISOString();
    this.set(Phase.running, step.title);
  }

  end(index: number, phase: Phase): void {
    const step = this.steps[index];
    if (!step) return;
    step.phase = phase;
    step.endedAt = new Date().toISOString();
  }

  set(phase: Phase, reason: string): void {
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }

  changed(): void {
    setCurrentDetails(deploymentDetails(this.snapshot()));
    this.tellPipeline();
  }

  snapshot(): DeploymentStatus {
    const awaiting = this.awaiting();
    const { phase, paused } = this;
    const shown = phase === Phase.running && paused ? Phase.paused : phase;
    return {
      workflowId: workflowInfo().workflowId,
      environment: this.input.plan.environment,
      release: this.input.release,
      stableRelease: this.stableRelease,
      phase: awaiting.length > 0 && shown === Phase.running ? Phase.awaitingApproval : shown,
      reason: this.reason,
      weight: this.weight,
      steps: this.steps.map((step) => ({ ...step })),
      awaiting,
      decisions: [...this.decisions],
    };
  }

  /**
   * The pipeline hears of what needs eyes: waiting in a queue, asking people, paused, going back. The plain course is
   * not told (each word costs both workflows a task); clients that want it live ask the deployment itself.
   */
  private tellPipeline(): void {
    const { parent } = workflowInfo();
    if (!parent) return;
    const status = this.snapshot();
    const plain = status.phase === Phase.running && !status.reason.startsWith('rolling back');
    const word = plain ? '' : `${status.phase}: ${status.reason}: ${status.awaiting.map(({ gate }) => gate).join()}`;
    if (word === this.toldPipeline || isOver(status.phase) || status.reason === 'asks for the environment') return;
    this.toldPipeline = word;
    void getExternalWorkflowHandle(parent.workflowId)
      .signal(stageProgressSignal, { stage: this.input.stage, status })
      // A pipeline that is gone does not listen; the deployment ends its work all the same.
      .catch(() => undefined);
  }
}

function isOver(phase: Phase): boolean {
  return (
    phase !== Phase.waiting && phase !== Phase.running && phase !== Phase.paused && phase !== Phase.awaitingApproval
  );
}
