import { CancellationScope, condition, sleep, workflowInfo } from '@temporalio/workflow';
import { environmentWorkflowId } from '../contracts/ids';
import type { AcquireResult, ReleaseEnvironmentInput } from '../contracts/messages';
import type { Freeze } from '../contracts/status';
import type { DeploymentInput } from '../contracts/workflows';
import { freezeAt } from '../definition/freeze';
import { frozenByHand } from './environment-keeper';
import { asObject } from './message-faults';
import { coordinate } from './proxies';

export type Granted = Extract<AcquireResult, { state: 'granted' }>;
export type Refused = Extract<AcquireResult, { state: 'refused' }>;

/** The word of an environment that was terminated never comes: asking again (which counts once) starts a new one. */
const askAgainAfter = '30 min';

/** A deployment's claim on its environment: asked for, waited for, always given back. */
export class Lease {
  private answer: AcquireResult | null = null;
  private asked = false;
  /** What people have put on the environment since it was granted. */
  private freezes: readonly Freeze[] = [];

  constructor(
    private readonly input: DeploymentInput,
    private readonly waiting: (reason: string) => void,
  ) {}

  /** The environment's word to one that waited. */
  hear(result: AcquireResult): void {
    const state = asObject<AcquireResult>(result)?.state;
    if (state === 'granted' || state === 'refused') this.answer = result;
  }

  freeze(freezes: readonly Freeze[]): void {
    if (Array.isArray(freezes)) this.freezes = freezes;
  }

  async acquire(): Promise<Granted | Refused> {
    if (this.input.mode === 'deploy') await this.untilNotFrozen();
    this.asked = true;
    for (;;) {
      const answer = await this.ask();
      if (answer.state !== 'waiting') return answer;
      this.waiting(answer.reason);
      const { environment } = this.input.plan;
      await condition(() => this.answer !== null, askAgainAfter, { summary: `waits for ${environment}` });
      if (this.answer && this.answer.state !== 'waiting') return this.answer;
    }
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

  /** Freezes hold promotions, the platform's windows and people's own; rollbacks never come here. Answers whether it had to wait. */
  async untilNotFrozen(): Promise<boolean> {
    const { freezes, environment } = this.input.plan;
    for (let held = false; ; held = true) {
      const now = new Date().toISOString();
      const window = freezeAt(freezes, environment, now);
      const byHand = this.freezes.find(({ until }) => until === null || until > now);
      if (window) {
        this.waiting(`frozen by ${window.name} until ${window.until}: ${window.reason}`);
        await sleep(Math.max(1, Date.parse(window.until) - Date.now()), { summary: `freeze ${window.name}` });
      } else if (byHand) {
        this.waiting(frozenByHand(byHand));
        await this.untilToldOtherwise(byHand);
      } else return held;
    }
  }

  private async untilToldOtherwise({ id, until }: Freeze): Promise<void> {
    const known = this.freezes;
    const told = () => this.freezes !== known;
    if (until === null) await condition(told);
    else await condition(told, Math.max(1, Date.parse(until) - Date.now()), { summary: `freeze ${id}` });
  }

  private ask(): Promise<AcquireResult> {
    const { namespace, plan, release, app, reopen, mode } = this.input;
    const { environment, concurrency } = plan;
    const holder = workflowInfo().workflowId;
    const request = { holder, app: app.name, release, concurrency, urgent: mode === 'rollback', reopen };
    return coordinate.acquireEnvironment.executeWithOptions({ summary: `acquire ${environment}` }, [
      { workflowId: this.environmentId, namespace, environment, request },
    ]);
  }

  private get environmentId(): string {
    return environmentWorkflowId({ namespace: this.input.namespace, environment: this.input.plan.environment });
  }
}
