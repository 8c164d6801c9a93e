import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Command, ListFilter, SignMessage } from '../../client';
import { callerOf } from '../access/caller';
import type { CommandRequest, DecisionRequest, RunAnalyses, RunList, RunTimeline } from '../api';
import type { ConsoleParts } from '../ports';
import { analysisView, watchersOf } from '../views/analyses';
import { type PlanReader, runDetail } from '../views/run-detail';
import { answers, givenReason, name, object, reason, runParams } from './schema';

interface ById {
  readonly Params: { readonly id: string };
}

type RunQuery = Omit<ListFilter, 'awaitingApproval'> & { readonly awaiting?: boolean };

const listQuery = object({
  namespace: name,
  name,
  release: name,
  phase: name,
  awaiting: { type: 'boolean' },
  limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
});
const logQuery = object({ stage: name });
const decisionBody = object(
  { stage: name, gate: name, verdict: { enum: ['approve', 'reject'] }, reason, subject: name },
  ['stage', 'gate', 'verdict', 'reason', 'subject'],
);
const commandBody = object({ reason: givenReason }, ['reason']);
const skipBody = object({ reason: givenReason, stage: name }, ['reason', 'stage']);

/** Runs: the list, one of them, and what people do with it. The id is the workflow's, percent-encoded. */
export function runRoutes(api: FastifyInstance, parts: ConsoleParts, plans: PlanReader): void {
  const { client, logs, watches, signerOf } = parts;
  const signed = (request: FastifyRequest) => signerOf?.(callerOf(request));

  api.get<{ Querystring: RunQuery }>(
    '/runs',
    { schema: { ...answers('RunList', 'Runs, newest first'), querystring: listQuery } },
    async ({ query: { awaiting, ...filter } }): Promise<RunList> => ({
      runs: await client.list({ ...filter, ...(awaiting === undefined ? {} : { awaitingApproval: awaiting }) }),
    }),
  );
  api.get<ById>(
    '/runs/:id',
    { schema: { ...answers('RunDetail', 'A run as it stands now'), params: runParams } },
    async ({ params }) => runDetail(client, plans, params.id),
  );
  api.get<ById>(
    '/runs/:id/timeline',
    { schema: { ...answers('RunTimeline', 'What happened in a run, oldest first'), params: runParams } },
    async ({ params }): Promise<RunTimeline> => ({ events: await client.timeline(params.id) }),
  );
  api.get<ById>(
    '/runs/:id/analyses',
    { schema: { ...answers('RunAnalyses', 'What is watched now'), params: runParams } },
    async ({ params }): Promise<RunAnalyses> => {
      const views = await watches(watchersOf(await client.status(params.id)));
      return { analyses: views.map(analysisView) };
    },
  );
  api.get<ById & { Querystring: { readonly stage?: string } }>(
    '/runs/:id/logs',
    {
      schema: { ...answers('RunLogs', 'What the commands of a run printed'), params: runParams, querystring: logQuery },
    },
    async ({ params, query }) => ({ logs: await logs.ofRun(params.id, query.stage) }),
  );

  api.post<ById & { Body: DecisionRequest }>(
    '/runs/:id/decisions',
    { schema: { ...answers('RunStatus', 'Approves or rejects what is asked'), params: runParams, body: decisionBody } },
    async (request) => {
      const decision = { ...request.body, by: callerOf(request).identity };
      return client.decide(request.params.id, decision, signed(request));
    },
  );

  type Run = (id: string, command: Command, sign?: SignMessage) => Promise<unknown>;
  const command = (verb: string, summary: string, answer: string, run: Run) =>
    api.post<ById & { Body: CommandRequest }>(
      `/runs/:id/${verb}`,
      { schema: { ...answers(answer, summary), params: runParams, body: commandBody } },
      async (request) => run(request.params.id, commandOf(request), signed(request)),
    );
  command('pause', 'Holds a run before its next step', 'RunStatus', (...asked) => client.pause(...asked));
  command('resume', 'Lets a paused run go on', 'RunStatus', (...asked) => client.resume(...asked));
  command('abort', 'Ends a run; environments under change go back', 'RunStatus', (...asked) => client.abort(...asked));
  command('rollback', 'Takes a release out of every environment that it serves', 'RollbackStarted', (...asked) =>
    client.rollback(...asked),
  );
  api.post<ById & { Body: CommandRequest & { readonly stage: string } }>(
    '/runs/:id/skip',
    { schema: { ...answers('RunStatus', 'Gives a stage up'), params: runParams, body: skipBody } },
    async (request) => {
      const { id } = request.params;
      return client.skip(id, { ...commandOf(request), stage: request.body.stage }, signed(request));
    },
  );
}

function commandOf(request: FastifyRequest<{ Body: CommandRequest }>): Command {
  return { by: callerOf(request).identity, reason: request.body.reason };
}
