import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { traceRun } from '../../src/client/trace';
import type { Execution, ExecutionRef, HistorySource, PendingActivity, TraceSpan } from '../../src/client/trace-types';
import { rootMessage } from '../../src/contracts/errors';
import { fromText } from '../replay/history-text';

/** A recorded history, as an execution. */
function recorded(name: string, pending: readonly PendingActivity[] = []): Execution {
  const text = readFileSync(join(__dirname, '..', 'replay', 'histories', `${name}-v1.json`), 'utf8');
  return { events: fromText(text).events ?? [], pending };
}

/** Histories by workflow id; what is not among them Temporal does not keep any more. */
function source(load: (ref: ExecutionRef) => Execution | null): HistorySource {
  return {
    load: async (ref) => load(ref),
    textOf: async (payload) => String(defaultPayloadConverter.fromPayload(payload)),
    messageOf: async (failure) => rootMessage(defaultFailureConverter.failureToError(failure, defaultPayloadConverter)),
  };
}

const run = { workflowId: 'pipeline/a', runId: 'first' };
const child = (span: TraceSpan, name: string) => {
  const found = span.children.find((one) => one.name === name || one.summary === name);
  if (!found) throw new Error(`no ${name} among ${span.children.map((one) => `${one.name} (${one.summary})`)}`);
  return found;
};

describe('the trace of a run', () => {
  it('is its workflow, with all that it did, in order and in time', async () => {
    const trace = await traceRun(
      run,
      source(({ workflowId }) => (workflowId === run.workflowId ? recorded('pipeline-good') : null)),
    );
    const root = trace!.root;

    expect(root).toMatchObject({ kind: 'workflow', name: 'pipeline', outcome: 'completed', attempts: 1, ...run });
    expect(trace!.traceId).toBeNull();
    const build = child(root, 'buildArtifact');
    expect(build).toMatchObject({ kind: 'activity', outcome: 'completed', attempts: 1, failure: null });
    expect(Date.parse(build.scheduledAt)).toBeLessThanOrEqual(Date.parse(build.startedAt!));
    expect(Date.parse(build.startedAt!)).toBeLessThanOrEqual(Date.parse(build.endedAt!));
    expect(root.children.map(({ scheduledAt }) => scheduledAt)).toEqual(
      root.children.map(({ scheduledAt }) => scheduledAt).sort(),
    );
    // What the workflow says of its commands is what people read.
    expect(root.children.filter(({ kind }) => kind === 'activity').some(({ summary }) => summary !== '')).toBe(true);
    expect(root.children.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['activity', 'timer', 'update', 'workflow']),
    );
    expect(root.children.every(({ outcome }) => outcome !== 'running')).toBe(true);
  });

  it('goes into the histories of child workflows, and stays with what the parent knows where one is gone', async () => {
    const trace = await traceRun(
      run,
      source(({ workflowId }) => {
        if (workflowId === run.workflowId) return recorded('pipeline-good');
        return workflowId.includes('/production/') ? recorded('deployment-good') : null;
      }),
    );
    const deployments = trace!.root.children.filter(({ name }) => name === 'deployment');
    const production = deployments.find(({ workflowId }) => workflowId?.includes('/production/'))!;
    const staging = deployments.find(({ workflowId }) => workflowId?.includes('/staging/'))!;

    expect(deployments).toHaveLength(3);
    expect(production.children.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['prepareRelease', 'promoteRelease']),
    );
    expect(staging).toMatchObject({ outcome: 'completed', endedAt: expect.any(String), children: [] });
  });

  it('tells a failed analysis, what went back, and messages that came', async () => {
    const trace = await traceRun(
      run,
      source(({ workflowId }) => (workflowId === run.workflowId ? recorded('deployment-rollback') : null)),
    );
    const names = trace!.root.children.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['analyze', 'bringBackRelease', 'notify']));
    expect(names.indexOf('analyze')).toBeLessThan(names.indexOf('bringBackRelease'));
  });

  it('tells attempts and the last reason of an activity that is at work', async () => {
    const { events } = recorded('pipeline-good');
    const scheduled = events.findIndex((event) => event.activityTaskScheduledEventAttributes);
    const activityId = events[scheduled]!.activityTaskScheduledEventAttributes!.activityId!;
    const pending = {
      activityId,
      attempt: 4,
      lastStartedTime: events[scheduled]!.eventTime!,
      lastFailure: { message: 'connection refused' },
    };
    const trace = await traceRun(
      run,
      source(() => ({ events: events.slice(0, scheduled + 1), pending: [pending] })),
    );

    expect(trace!.root).toMatchObject({ outcome: 'running', endedAt: null });
    expect(trace!.root.children.at(-1)).toMatchObject({
      kind: 'activity',
      outcome: 'running',
      attempts: 4,
      failure: 'connection refused',
      endedAt: null,
    });
  });

  it('is one workflow over executions that continued as new, and knows the trace that its header names', async () => {
    const { events } = recorded('deployment-good');
    const [started, ...rest] = events;
    const traceparent = JSON.stringify({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const first: Execution = {
      events: [
        {
          ...started,
          workflowExecutionStartedEventAttributes: {
            ...started!.workflowExecutionStartedEventAttributes,
            header: { fields: { '_tracer-data': { data: Buffer.from(traceparent) } } },
          },
        },
        {
          ...rest[0],
          eventId: rest[0]!.eventId!,
          workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId: 'second' },
        },
      ],
      pending: [],
    };
    const loaded: string[] = [];
    const trace = await traceRun(
      run,
      source(({ workflowId, runId }) => {
        if (workflowId !== run.workflowId) return null;
        loaded.push(runId);
        return runId === 'first' ? first : { events, pending: [] };
      }),
    );

    expect(loaded).toEqual(['first', 'second']);
    expect(trace!.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(trace!.root).toMatchObject({ runId: 'first', outcome: 'completed' });
    expect(trace!.root.children.length).toBeGreaterThan(0);
  });

  it('is none where there is no history', async () => {
    expect(
      await traceRun(
        run,
        source(() => null),
      ),
    ).toBeNull();
  });
});
