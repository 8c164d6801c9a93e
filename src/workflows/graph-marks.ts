import {
  CancellationScope,
  type ChildWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeployOutcome, Notification } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import { deployEventsWorkflowId } from '../contracts/ids';
import { deploymentEndedSignal } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import {
  type DeployEventsInput,
  type DeploymentInput,
  type DeploymentOutcome,
  WorkflowType,
} from '../contracts/workflows';
import { marksGraphs } from '../definition/graph-channels';
import type { Announcer } from './announcer';
import type { deployEvents } from './deploy-events';
import type { Trail } from './trail';

/**
 * The marks of one deployment on the graphs that people look at, made by a workflow of their own. Nothing where the
 * platform has no such channel.
 */
export class GraphMarks {
  private startedAt = '';
  /** Null until the deployment begins; answers with null where it could not be started. */
  private teller: Promise<ChildWorkflowHandle<typeof deployEvents> | null> | null = null;

  constructor(
    private readonly input: DeploymentInput,
    private readonly announcer: Announcer,
    private readonly trail: Trail,
  ) {}

  begin(): void {
    const channels = this.input.channels.filter(marksGraphs);
    if (channels.length === 0) return;
    this.startedAt = new Date().toISOString();
    const { app, plan, release, mode, author, reason } = this.input;
    const [verb, text] =
      mode === 'deploy' ? ['goes to', `${plan.strategy}, released by ${author.name}`] : ['goes back in', reason];
    const started = this.notification(`${app.name} ${release} ${verb} ${plan.environment}`, text, null);
    // A deployment that is being cancelled goes back, which is to be seen too.
    const teller = CancellationScope.nonCancellable(() => this.start(channels, started)).catch((error) =>
      this.failed(error),
    );
    this.announcer.inBackground(async () => void (await teller));
    this.teller = teller;
  }

  /** Of a deployment that has begun. */
  end({ phase, reason }: Pick<DeploymentOutcome, 'phase' | 'reason'>): void {
    const { teller } = this;
    if (!teller) return;
    const { app, plan, release } = this.input;
    const outcome = outcomeOf(phase);
    const title = `${app.name} ${release} in ${plan.environment}: ${outcome.replace('_', ' ')}`;
    const ended = this.notification(title, reason, outcome);
    this.announcer.inBackground(async () => {
      const started = await teller;
      await started?.signal(deploymentEndedSignal, ended).catch((error) => this.failed(error));
    });
  }

  private start(
    channels: DeployEventsInput['channels'],
    started: Notification,
  ): Promise<ChildWorkflowHandle<typeof deployEvents>> {
    const { namespace, pipeline, app, plan, release } = this.input;
    const { environment } = plan;
    const run = workflowInfo().runId;
    return startChild<typeof deployEvents>(WorkflowType.deployEvents, {
      workflowId: deployEventsWorkflowId({ namespace, app: app.name, environment, release, run }),
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ pipeline, channels, started }],
      staticSummary: `marks ${release} in ${environment} on graphs`,
      typedSearchAttributes: [
        { key: searchAttribute.kind, value: WorkflowType.deployEvents },
        { key: searchAttribute.namespace, value: namespace },
        { key: searchAttribute.workflow, value: pipeline },
        { key: searchAttribute.environment, value: environment },
        { key: searchAttribute.release, value: release },
      ],
    });
  }

  private notification(title: string, text: string, outcome: DeployOutcome | null): Notification {
    const { workflowId, runId } = workflowInfo();
    const { namespace, app, plan, release, author } = this.input;
    return {
      type: outcome === null ? 'deployment.started' : 'deployment.ended',
      title,
      text,
      at: new Date().toISOString(),
      workflowId,
      namespace,
      release,
      environment: plan.environment,
      deployment: {
        id: `${workflowId}/${runId}`,
        app: app.name,
        strategy: plan.strategy,
        by: author.name,
        startedAt: this.startedAt,
        outcome,
      },
    };
  }

  /** A deployment goes on without its marks. */
  private failed(error: unknown): null {
    const message = `the deployment is not marked on graphs: ${rootMessage(error)}`;
    this.trail.note({ action: 'notification.failed', message });
    return null;
  }
}

function outcomeOf(phase: Phase): DeployOutcome {
  switch (phase) {
    case Phase.succeeded:
    case Phase.rolledBack:
    case Phase.aborted:
      return phase;
    default:
      return Phase.failed;
  }
}
