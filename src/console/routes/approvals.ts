import type { FastifyInstance } from 'fastify';
import { callerOf } from '../access/caller';
import type { ConsoleParts } from '../ports';
import { approvalInbox } from '../views/approvals';
import type { PlanReader } from '../views/run-detail';
import { answers } from './schema';

export function approvalRoutes(api: FastifyInstance, parts: ConsoleParts, plans: PlanReader): void {
  api.get('/approvals', { schema: answers('ApprovalInbox', 'Everything that waits for a person') }, async (request) =>
    approvalInbox(parts, plans, callerOf(request)),
  );
}
