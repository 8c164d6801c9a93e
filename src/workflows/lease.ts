import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { environmentWorkflowId } from '../contracts/ids';
import type { AcquireResult, ReleaseEnvironmentInput } from '../contracts/messages';
import type { DeploymentInput } from '../contracts/workflows';
import { freezeAt } from '../definition/freeze';
import { coordinate } from './proxies';

export type Granted = Extract<AcquireResult, { state: 'granted' }>;
export type Refused = Extract<AcquireResult, { state: 'refused' }>;

/** A deployment's claim on its environment: asked for, waited for, always given back. */
export class Lease {
  private answer: AcquireResult | null = null;
  private asked = false;

  constructor(
    private readonly input: DeploymentInput,
    private readonly waiting: (reason: string) => void,
  ) {}

  /** The environment's word to one that waited. */
  hear(result: AcquireResult): void {
    this.answer = result;
  }

  async acquire(): Promise<Granted | Refused> {
    const urgent = this.input.mode === 'rollback';
    if (!urgent) await this.untilNotFrozen();
    this.asked = true;
    const { namespace, plan, release, app, reopen } = this.input;
    const first = await coordinate.acquireEnvironment.executeWithOptions({ summary: `acquire ${plan.environment}` }, [
      {
        workflowId: this.environmentId,
        namespace,
        environment: plan.environment,
        request: {
          holder: workflowInfo().workflowId,
          app: app.name,
          release,
          concurrency: plan.concurrency,
          urgent,
          reopen,
        },
      },
    ]);
    if (first.state !== 'waiting') return first;
    this.waiting(first.reason);
    await condition(() => this.answer !== null && this.answer.state !== 'waiting');
    return this.answer as Granted | Refused;
  }

  /** Never cancelled: whatever the deployment borrowed is given back. */
  async giveBack(outcome: Omit<ReleaseEnvironmentInput, 'holder'>): Promise<void> {
    if (!this.asked) return;
    const request = { holder: workflowInfo().workflowId, ...outcome };
    const summary = `give ${this.input.plan.environment} back`;
    await CancellationScope.nonCancellable(() =>
      coordinate.releaseEnvironment.executeWithOptions({ summary }, [{ workflowId: this.environmentId, request }]),
    );
  }

  /** Windows of the platform hold promotions; rollbacks never come here. */
  async untilNotFrozen(): Promise<void> {
    const { freezes, environment } = this.input.plan;
    for (;;) {
      const freeze = freezeAt(freezes, environment, new Date().toISOString());
      if (!freeze) return;
      this.waiting(`frozen by ${freeze.name} until ${freeze.until}: ${freeze.reason}`);
      const millis = Math.max(1, Date.parse(freeze.until) - Date.now());
      await condition(() => false, millis, { summary: `freeze ${freeze.name}` });
    }
  }

  private get environmentId(): string {
    return environmentWorkflowId({ namespace: this.input.namespace, environment: this.input.plan.environment });
  }
}
