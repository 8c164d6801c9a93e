import { context, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { activityAttributes, type ExecutionOfSpan } from './semantics';
import { rootHeader } from './trace-header';

/** It returns at once and is completed later: what it began goes on in the background, and is no part of its span. */
const background = 'analyze';

/** Gives the span of an activity, which the interceptor before this one has begun, the names of the conventions. */
export const activitySpanInterceptor: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const { workflowId, runId } = info.workflowExecution ?? { workflowId: '', runId: '' };
      const root = rootOf(input.headers);
      trace
        .getActiveSpan()
        ?.setAttributes(activityAttributes(info.activityType, info.activityId, { workflowId, runId }, root));
      return info.activityType === background
        ? context.with(suppressTracing(context.active()), () => next(input))
        : next(input);
    },
  },
});

/** Undefined: it was scheduled by a version that did not say. */
function rootOf({ [rootHeader]: payload }: Headers): ExecutionOfSpan | undefined {
  return payload && defaultPayloadConverter.fromPayload<ExecutionOfSpan>(payload);
}
