import { inTurns, NotFound, type RunStatus, type RunSummary } from '../../client';
import { authorityRefusal } from '../../contracts/decision-authority';
import type { AwaitingApproval, EnvironmentStatus } from '../../contracts/status';
import type { ApprovalGatePlan, ReleasePlan, StagePlan } from '../../definition/release-plan';
import type { Caller } from '../access/caller';
import { mayAs } from '../access/caller';
import type { ApprovalInbox, ApprovalItem } from '../api';
import type { ConsoleParts } from '../ports';
import { firingIn } from './firing';
import { riskOf, servingOf } from './risk';
import type { PlanReader } from './run-detail';

/** More open questions than this are no inbox any more. */
const mostRuns = 200;
const runsAtOnce = 8;

type Parts = Pick<ConsoleParts, 'client' | 'alerts'>;
type ReadEnvironment = (environment: string, plan: ReleasePlan) => Promise<EnvironmentStatus | null>;

/** Everything that waits for a person, with what they would want to know; what expires first comes first. */
export async function approvalInbox(parts: Parts, plans: PlanReader, caller: Caller): Promise<ApprovalInbox> {
  const { client } = parts;
  const runs = await client.list({ awaitingApproval: true, limit: mostRuns });
  const firing = await firingIn(parts.alerts);
  const environments = environmentReader(client);
  const items = await inTurns(runs, runsAtOnce, async (run) => {
    const status = await statusOf(client, run);
    if (!status || status.awaiting.length === 0) return [];
    const plan = await plans(status);
    return Promise.all(status.awaiting.map((asked) => itemOf({ asked, status, plan, caller, environments, firing })));
  });
  return { approvals: items.flat().sort((a, b) => a.asked.expiresAt.localeCompare(b.asked.expiresAt)) };
}

interface ItemFacts {
  readonly asked: AwaitingApproval;
  readonly status: RunStatus;
  readonly plan: ReleasePlan;
  readonly caller: Caller;
  readonly environments: ReadEnvironment;
  readonly firing: (namespace: string, environment: string) => number;
}

async function itemOf({ asked, status, plan, caller, environments, firing }: ItemFacts): Promise<ApprovalItem> {
  const stage = plan.stages.find(({ name }) => name === asked.stage);
  const deployment = stage?.deployment ?? null;
  const environment = deployment && (await environments(deployment.environment, plan));
  const evidence = evidenceOf(status);
  return {
    asked,
    runId: status.workflowId,
    namespace: status.namespace,
    name: status.name,
    release: status.release,
    author: status.author,
    environment: deployment?.environment ?? null,
    serving: servingOf(environment, plan.app.name)?.release ?? null,
    evidence,
    risk: riskOf({
      app: plan.app.name,
      release: status.release,
      deployment,
      environment,
      evidence: evidence.map(({ reason }) => reason),
      firingAlerts: deployment ? firing(status.namespace, deployment.environment) : 0,
    }),
    refusal: refusalOf(asked, stage, status, plan, caller),
  };
}

/** The verdicts of the stages so far, those of a deployment at work included. */
function evidenceOf({ stages, deployments }: RunStatus): ApprovalItem['evidence'] {
  return stages.flatMap(({ name, decisions, deploymentId }) => {
    const atWork = deployments.find(({ workflowId }) => workflowId === deploymentId)?.decisions ?? [];
    const reasons = decisions.length > 0 ? decisions : atWork;
    return reasons.map((reason) => ({ stage: name, reason }));
  });
}

/** Why this person may not decide: by the console's own roles first, then by what the workflow would say. */
function refusalOf(
  asked: AwaitingApproval,
  stage: StagePlan | undefined,
  { author }: RunStatus,
  { directory }: ReleasePlan,
  caller: Caller,
): string | null {
  const { name } = caller.identity;
  if (!mayAs(caller.role, 'approver')) return `${name} is ${caller.role} here: to decide needs the role approver`;
  const gate = gateOf(asked, stage);
  const question = {
    gate,
    author,
    directory,
    escalatedTo: asked.approvers.filter((one) => !gate.approvers.includes(one)),
    approvedBy: asked.approvedBy,
    quorum: asked.quorum,
  };
  return authorityRefusal(question, name, 'approve');
}

type GateRules = Pick<ApprovalGatePlan, 'name' | 'approvers' | 'roles' | 'allowAuthor'>;

/** A gate of the document, or of a step; what an analysis or a rollback asks is in no plan, and the author may answer it. */
function gateOf({ gate, approvers, roles }: AwaitingApproval, stage: StagePlan | undefined): GateRules {
  const steps = [stage?.deployment, ...(stage?.deployment?.waves ?? []).flatMap(({ regions }) => regions)].flatMap(
    (plan) => plan?.steps ?? [],
  );
  const ofSteps = steps.flatMap((step) => (step.kind === 'approve' ? [step.gate] : []));
  const planned = [...(stage?.gates ?? []), ...ofSteps].find(({ name }) => name === gate);
  return planned ?? { name: gate, approvers, roles, allowAuthor: true };
}

/** A run may have ended since it was listed. */
async function statusOf(client: Parts['client'], { workflowId }: RunSummary): Promise<RunStatus | null> {
  return client.status(workflowId).catch(nullWhenGone);
}

function environmentReader(client: Parts['client']): ReadEnvironment {
  const asked = new Map<string, Promise<EnvironmentStatus | null>>();
  return (environment, { namespace }) => {
    const key = `${namespace}/${environment}`;
    const answer = asked.get(key) ?? client.environment({ namespace, environment }).catch(nullWhenGone);
    asked.set(key, answer);
    return answer;
  };
}

function nullWhenGone(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}
