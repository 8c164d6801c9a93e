import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { VerdictReason } from '../contracts/analysis';
import { pipelineWorkflowId } from '../contracts/ids';
import { stageProgressSignal } from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import type { AwaitingApproval, DeploymentStatus } from '../contracts/status';
import type { DeploymentInput } from '../contracts/workflows';
import { stepTitle } from '../definition/step-title';
import { deploymentDetails } from './details';
import { Listing } from './listing';

/** A day of watching may alert often; the audit log keeps all. */
const decisionLimit = 100;

const firstReason = 'asks for the environment';

interface StepView {
  readonly title: string;
  phase: Phase;
  startedAt: string | null;
  endedAt: string | null;
}

/** What people see of a deployment: its status query, its page in Temporal's UI, and the word to its pipeline. */
export class DeploymentView {
  phase: Phase = Phase.waiting;
  reason = firstReason;
  weight = 0;
  stableRelease: string | null = null;
  paused = false;
  readonly decisions: VerdictReason[] = [];
  private readonly steps: StepView[];
  private toldPipeline = '';
  private readonly listing = new Listing();

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

  decided(reason: VerdictReason): void {
    this.decisions.push(reason);
    if (this.decisions.length > decisionLimit) this.decisions.shift();
  }

  set(phase: Phase, reason: string): void {
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }

  changed(): void {
    const status = this.snapshot();
    setCurrentDetails(deploymentDetails(status));
    this.listing.show(status);
    this.tellPipeline(status);
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
  private tellPipeline(status: DeploymentStatus): void {
    const { namespace, pipeline: name, release, stage } = this.input;
    const pipeline = pipelineWorkflowId({ namespace, name, release });
    if (workflowInfo().parent?.workflowId !== pipeline) return;
    const plain = status.phase === Phase.running && !status.reason.startsWith('rolling back');
    const word = plain ? '' : `${status.phase}: ${status.reason}: ${status.awaiting.map(({ gate }) => gate).join()}`;
    if (word === this.toldPipeline || isFinal(status.phase) || status.reason === firstReason) return;
    this.toldPipeline = word;
    void getExternalWorkflowHandle(pipeline)
      .signal(stageProgressSignal, { stage, status })
      // A pipeline that is gone does not listen; the deployment ends its work all the same.
      .catch(() => undefined);
  }
}
