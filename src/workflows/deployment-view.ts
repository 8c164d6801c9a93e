import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { VerdictReason } from '../contracts/analysis';
import { pipelineWorkflowId } from '../contracts/ids';
import { stageProgressSignal } from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import type { AwaitingApproval, DeploymentStatus, RegionStatus, StepStatus } from '../contracts/status';
import type { DeploymentInput } from '../contracts/workflows';
import type { DeploymentStep } from '../definition/release-plan';
import { stepName, stepTitle } from '../definition/step-title';
import { deploymentDetails } from './details';
import { Listing } from './listing';
import { common, type Place } from './place';
import type { Wave } from './wave';

/** A day of watching may alert often; the audit log keeps all. */
const decisionLimit = 100;

const firstReason = 'asks for the environment';

type StepView = { -readonly [field in keyof StepStatus]: StepStatus[field] };

/** What people see of a deployment: its status query, its page in Temporal's UI, and the word to its pipeline. */
export class DeploymentView {
  phase: Phase = Phase.waiting;
  reason = firstReason;
  paused = false;
  readonly decisions: VerdictReason[] = [];
  /** Of each place, and the soak of each wave, in the order in which they come. */
  private readonly steps: ReadonlyMap<Place | Wave, readonly StepView[]>;
  private toldPipeline = '';
  private readonly listing = new Listing();

  constructor(
    private readonly input: DeploymentInput,
    private readonly waves: readonly Wave[],
    private readonly awaiting: () => AwaitingApproval[],
  ) {
    this.steps = new Map(input.mode === 'deploy' ? waves.flatMap(stepsOfWave) : []);
  }

  /** What all places say; null when they differ. */
  get stableRelease(): string | null {
    return common(this.places.map(({ stableRelease }) => stableRelease));
  }

  /** Shows a step of a place, or the soak of a wave, while it is done. */
  async during(owner: Place | Wave, index: number, work: () => Promise<void>): Promise<void> {
    const step = this.steps.get(owner)?.[index];
    if (!step) return work();
    step.phase = Phase.running;
    step.startedAt = new Date().toISOString();
    this.set(Phase.running, stepName(step));
    try {
      await work();
      step.phase = Phase.succeeded;
    } catch (error) {
      step.phase = Phase.failed;
      throw error;
    } finally {
      step.endedAt = new Date().toISOString();
    }
  }

  skip(place: Place): void {
    for (const step of this.steps.get(place) ?? []) step.phase = Phase.skipped;
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
      weight: Math.round(this.places.reduce((sum, { weight }) => sum + weight, 0) / this.places.length),
      steps: [...this.steps.values()].flat().map((step) => ({ ...step })),
      ...(this.input.plan.waves ? { regions: this.places.flatMap(regionStatus) } : {}),
      awaiting,
      decisions: [...this.decisions],
    };
  }

  private get places(): readonly Place[] {
    return this.waves.flatMap(({ places }) => places);
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

function stepsOfWave(wave: Wave): [Place | Wave, readonly StepView[]][] {
  const number = wave.title === null ? {} : { wave: wave.position + 1 };
  const soak = wave.soak ? [waiting(wave.soak, number)] : [];
  return [
    ...wave.places.map((place): [Place, StepView[]] => {
      const where = place.region === null ? {} : { region: place.region, ...number };
      return [place, place.input.plan.steps.map((step) => waiting(step, where))];
    }),
    [wave, soak],
  ];
}

function waiting(step: DeploymentStep, where: Pick<StepStatus, 'region' | 'wave'>): StepView {
  return { title: stepTitle(step), ...where, phase: Phase.waiting, startedAt: null, endedAt: null };
}

function regionStatus({ region, wave, input, phase, reason, stableRelease, weight }: Place): readonly RegionStatus[] {
  if (region === null) return [];
  return [{ region, cluster: input.plan.cluster.name, wave: wave + 1, phase, reason, stableRelease, weight }];
}
