import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { environmentWorkflowId } from '../contracts/ids';
import {
  abortUpdate,
  type CommandInput,
  type DecideInput,
  decideUpdate,
  deploymentStatusQuery,
  environmentStatusQuery,
  eventSignal,
  freezeUpdate,
  pauseUpdate,
  planQuery,
  resumeUpdate,
  rollbackUpdate,
  skipUpdate,
  statusQuery,
  timelineQuery,
  unfreezeUpdate,
} from '../contracts/messages';
import { isFinal } from '../contracts/phases';
import type { SignedCommand } from '../contracts/proof';
import type {
  DeployedRelease,
  DeploymentStatus,
  EnvironmentStatus,
  Freeze,
  PipelineStatus,
  TimelineEvent,
} from '../contracts/status';
import type { DriftResult, PreviewResult } from '../contracts/workflows';
import type { ReleasePlan } from '../definition/release-plan';
import { AlertsClient } from './alerts';
import { askedFor } from './asked-for';
import { Calls } from './calls';
import { environmentStart } from './environment-start';
import { NotFound, Refused } from './errors';
import { findRun } from './find-run';
import { inTurns } from './in-turns';
import { detectDrift, previewRelease } from './look';
import { rollBackEnded } from './roll-back';
import type { SignMessage } from './signing';
import { startRun } from './start-run';
import { mergeStatus, openDeploymentIds } from './status';
import { traceRun } from './trace';
import { firstExecution, temporalHistories } from './trace-source';
import type { RunTrace } from './trace-types';
import type {
  Command,
  Decision,
  DriftRequest,
  EnvironmentRef,
  FreezeRequest,
  ListFilter,
  OutsideEvent,
  ProductionClientOptions,
  RollbackStarted,
  RunStatus,
  RunSummary,
  StartedRun,
  StartRequest,
  WatchOptions,
} from './types';
import { listEnvironments, listRuns } from './visibility';
import { watchRun } from './watch-run';

/** An estate of more is looked at by namespace. */
const mostEnvironments = 500;
/** Each is a task for a worker: enough to be quick, few enough to leave it time for its runs. */
const questionsAtOnce = 8;

/**
 * The typed door to the system: services and the command line use this and nothing else. Wherever a run is named,
 * `RELEASE`, `NAME/RELEASE`, `NAMESPACE/NAME/RELEASE` and the workflow id are all understood.
 *
 * Every method throws a `ClientError` and nothing else (`NotReachable`, `NotFound`, `Conflict`, `Refused`,
 * `InvalidInput`), beside what `sign` throws where one is given.
 */
export class ProductionClient {
  /** What fires, and what people do about it. */
  readonly alerts: AlertsClient;
  readonly #client: Client;
  readonly #uiUrl: string | null;
  readonly #calls: Calls;

  constructor(options: ProductionClientOptions) {
    const { client, uiUrl = null, commandTimeoutMs = 30_000 } = options;
    this.#client = client;
    this.alerts = new AlertsClient(client, commandTimeoutMs);
    this.#uiUrl = uiUrl;
    this.#calls = new Calls(client, {
      askMs: options.queryTimeoutMs ?? 10_000,
      commandMs: commandTimeoutMs,
      lookMs: options.lookTimeoutMs ?? 150_000,
    });
  }

  /** Starts a release. The same release started twice is one run; with other content it is a `Conflict`. */
  async start(request: StartRequest): Promise<StartedRun> {
    const run = await this.#calls.act(`release ${request.plan.release}`, () => startRun(this.#client, request));
    return { ...run, url: this.urlOf(run.workflowId, run.runId) };
  }

  /** The workflow id of a run. Throws `InvalidInput` when the name fits several. */
  async find(run: string): Promise<string> {
    return this.#calls.ask(`run ${run}`, () => findRun(this.#client, run));
  }

  /** The run's snapshot, merged with what its deployments at work say. */
  async status(run: string): Promise<RunStatus> {
    return this.#statusOf(await this.find(run));
  }

  /** Every change of the status until the run has ended. */
  async *watch(run: string, options: WatchOptions = {}): AsyncGenerator<RunStatus, void, void> {
    const workflowId = await this.find(run);
    yield* watchRun(() => this.#statusOf(workflowId), options);
  }

  /** What the run executes: every default filled in. */
  async plan(run: string): Promise<ReleasePlan> {
    const workflowId = await this.find(run);
    return this.#calls.ask(`run ${workflowId}`, () => this.#client.workflow.getHandle(workflowId).query(planQuery));
  }

  /** What happened, oldest first. */
  async timeline(run: string): Promise<readonly TimelineEvent[]> {
    const workflowId = await this.find(run);
    return this.#calls.ask(`run ${workflowId}`, () => this.#client.workflow.getHandle(workflowId).query(timelineQuery));
  }

  /** Where the time of a run went, from the histories of all its workflows. Also takes the id of one of these. */
  async trace(run: string): Promise<RunTrace> {
    const workflowId = isChildId(run) ? run : await this.find(run);
    const what = `the histories of ${workflowId}`;
    return this.#calls.look(what, async () => {
      const trace = await traceRun(await firstExecution(this.#client, workflowId), temporalHistories(this.#client));
      if (!trace) throw new NotFound(`${what} are not kept any more`);
      return trace;
    });
  }

  /**
   * Approves or rejects what a stage asks; the answer is the run's new status. With `sign`, where the run knows signing
   * keys, the decision is signed, and then answers what is asked at this moment.
   */
  async decide(run: string, decision: Decision, sign?: SignMessage): Promise<RunStatus> {
    const status = await this.status(run);
    const asked = askedFor(status, decision);
    const input: DecideInput = {
      stage: asked.stage,
      gate: asked.gate,
      verdict: decision.verdict,
      by: decision.by,
      reason: decision.reason,
      ...(decision.subject === undefined ? {} : { subject: decision.subject }),
    };
    const answer = { ...input, subject: decision.subject ?? asked.subject, askedAt: asked.askedAt };
    const message = sign && asked.proof ? await sign('decide', asked.workflowId, answer) : input;
    await this.#calls.command(asked.workflowId, () =>
      this.#client.workflow.getHandle(asked.workflowId).executeUpdate(decideUpdate, { args: [message] }),
    );
    return this.#statusOf(status.workflowId);
  }

  /** Holds the run before its next step; analyses go on. */
  async pause(run: string, command: Command, sign?: SignMessage): Promise<RunStatus> {
    return this.#update(run, pauseUpdate, commandInput(command), sign);
  }

  async resume(run: string, command: Command, sign?: SignMessage): Promise<RunStatus> {
    return this.#update(run, resumeUpdate, commandInput(command), sign);
  }

  /** Cancels what runs; environments under change go back to what served before. */
  async abort(run: string, command: Command, sign?: SignMessage): Promise<RunStatus> {
    return this.#update(run, abortUpdate, commandInput(command), sign);
  }

  /** Gives a stage up without running it. */
  async skip(run: string, command: Command & { readonly stage: string }, sign?: SignMessage): Promise<RunStatus> {
    return this.#update(run, skipUpdate, { ...commandInput(command), stage: command.stage }, sign);
  }

  /** Takes the release back out of every environment that it serves, also after its run has ended. */
  async rollback(run: string, command: Command, sign?: SignMessage): Promise<RollbackStarted> {
    const status = await this.status(run);
    const input = commandInput(command);
    if (!isFinal(status.phase))
      return { kind: 'run', status: await this.#update(status.workflowId, rollbackUpdate, input, sign) };
    const plan = await this.plan(status.workflowId);
    const rollbacks = await this.#calls.act(`rollback of ${status.workflowId}`, () =>
      rollBackEnded(this.#client, status, plan, input),
    );
    return {
      kind: 'environments',
      rollbacks: rollbacks.map((one) => ({ ...one, url: this.urlOf(one.workflowId, one.runId) })),
    };
  }

  /** A deployment's own snapshot, by its workflow id (also that of a rollback). */
  async deployment(workflowId: string): Promise<DeploymentStatus> {
    return this.#calls.ask(workflowId, () => this.#client.workflow.getHandle(workflowId).query(deploymentStatusQuery));
  }

  /** Who holds the environment, who waits, what serves, what is frozen. */
  async environment(ref: EnvironmentRef): Promise<EnvironmentStatus> {
    const workflowId = environmentWorkflowId(ref);
    return this.#calls.ask(`environment ${ref.namespace}/${ref.environment}`, () =>
      this.#client.workflow.getHandle(workflowId).query(environmentStatusQuery),
    );
  }

  /** Every environment that something was deployed to or that was frozen, by name. */
  async environments(namespace?: string): Promise<readonly EnvironmentStatus[]> {
    const ids = await this.#calls.ask('the list of environments', () =>
      listEnvironments(this.#client, namespace, mostEnvironments),
    );
    return inTurns(ids, questionsAtOnce, (id) =>
      this.#calls.ask(id, () => this.#client.workflow.getHandle(id).query(environmentStatusQuery)),
    );
  }

  /** Tells a run and its deployments at work that something happened outside. */
  async tell(run: string, event: OutsideEvent): Promise<void> {
    const status = await this.status(run);
    if (isFinal(status.phase)) throw new Refused(`${status.workflowId} has ended (${status.phase})`);
    for (const id of [...openDeploymentIds(status)]) {
      await this.#calls.command(id, () => this.#client.workflow.getHandle(id).signal(eventSignal, event));
    }
  }

  /** What ran in an environment, newest first. */
  async history(ref: EnvironmentRef): Promise<readonly DeployedRelease[]> {
    const { history } = await this.environment(ref);
    return [...history].sort((a, b) => b.at.localeCompare(a.at));
  }

  /** Holds every promotion into an environment; rollbacks are never held. */
  async freeze(request: FreezeRequest): Promise<Freeze> {
    const { by, reason, id, until } = request;
    const what = `environment ${request.namespace}/${request.environment}`;
    return this.#calls.act(what, () =>
      this.#client.workflow.executeUpdateWithStart(freezeUpdate, {
        args: [{ ...commandInput({ by, reason }), id, until }],
        startWorkflowOperation: environmentStart(request),
      }),
    );
  }

  /** Lifts one freeze, or all of them when no id is given. */
  async unfreeze(request: EnvironmentRef & Command & { readonly id?: string }): Promise<void> {
    const workflowId = environmentWorkflowId(request);
    const input = { ...commandInput(request), ...(request.id === undefined ? {} : { id: request.id }) };
    await this.#calls.command(workflowId, () =>
      this.#client.workflow.getHandle(workflowId).executeUpdate(unfreezeUpdate, { args: [input] }),
    );
  }

  /** What a release would change in the clusters that can tell, and what they would refuse. Changes nothing. */
  async preview(plan: ReleasePlan): Promise<PreviewResult> {
    const what = `the preview of ${plan.release}`;
    return this.#calls.look(what, () => previewRelease(this.#client, plan));
  }

  /** What somebody has changed in an environment since it was deployed to; with `heal`, taken back. */
  async drift(request: DriftRequest): Promise<DriftResult> {
    const what = `environment ${request.namespace}/${request.environment}`;
    return this.#calls.look(what, () => detectDrift(this.#client, request));
  }

  /** Runs, newest first. */
  async list(filter: ListFilter = {}): Promise<readonly RunSummary[]> {
    return this.#calls.ask('the list of runs', () =>
      listRuns(this.#client, filter, (id, runId) => this.urlOf(id, runId)),
    );
  }

  /** The run's page in Temporal's web interface. */
  urlOf(workflowId: string, runId: string): string | null {
    if (this.#uiUrl === null) return null;
    const namespace = encodeURIComponent(this.#client.options.namespace);
    return `${this.#uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#client.connection.close();
  }

  async #statusOf(workflowId: string): Promise<RunStatus> {
    const pipeline: PipelineStatus = await this.#calls.ask(`run ${workflowId}`, () =>
      this.#client.workflow.getHandle(workflowId).query(statusQuery),
    );
    const asked = await Promise.allSettled(openDeploymentIds(pipeline).map((id) => this.deployment(id)));
    // A deployment that cannot be asked (not started yet, say) leaves the pipeline's own word for its stage.
    return mergeStatus(
      pipeline,
      asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
    );
  }

  async #update<Input extends CommandInput>(
    run: string,
    update: UpdateDefinition<PipelineStatus | DeploymentStatus, [Input]>,
    input: Input,
    sign: SignMessage | undefined,
  ): Promise<RunStatus> {
    const workflowId = await this.find(run);
    const signs = sign && (await this.plan(workflowId)).signing;
    const message = signs ? await sign(update.name as SignedCommand, workflowId, input) : input;
    await this.#calls.command(workflowId, () =>
      this.#client.workflow
        .getHandle(workflowId)
        .executeUpdate<PipelineStatus | DeploymentStatus, [Input]>(update, { args: [message] }),
    );
    return this.#statusOf(workflowId);
  }
}

/** Of a deployment, a rollback or a guardian: kind, namespace, app, environment and release. */
function isChildId(text: string): boolean {
  return text.split('/').length === 5;
}

function commandInput({ by, reason }: Command): CommandInput {
  return { by, reason };
}
