import { context, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { activityAttributes } from './semantics';

/** It returns at once and is completed later: what it began goes on in the background, and is no part of its span. */
const background = 'analyze';

/** Gives the span of an activity, which the interceptor before this one has begun, the names of the conventions. */
export const activitySpanInterceptor: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const { workflowId, runId } = info.workflowExecution ?? { workflowId: '', runId: '' };
      trace
        .getActiveSpan()
        ?.setAttributes(activityAttributes(info.activityType, info.activityId, { workflowId, runId }));
      return info.activityType === background
        ? context.with(suppressTracing(context.active()), () => next(input))
        : next(input);
    },
  },
});
