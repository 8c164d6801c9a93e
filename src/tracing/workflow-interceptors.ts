import type { Headers } from '@temporalio/common';
import type {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow';
import { defaultPayloadConverter, type WorkflowInterceptorsFactory, workflowInfo } from '@temporalio/workflow';
import type { ExecutionOfSpan } from './semantics';
import { rootHeader, traceHeader } from './trace-header';

interface TracedRun {
  readonly inbound: OpenTelemetryInboundInterceptor;
  readonly outbound: OpenTelemetryOutboundInterceptor;
  readonly internals: OpenTelemetryInternalsInterceptor;
}

/** Loaded for traced runs alone: evaluated for each open run, OpenTelemetry is most of a run's memory. */
function traceRun(): TracedRun {
  const otel =
    require('@temporalio/interceptors-opentelemetry/lib/workflow') as typeof import('@temporalio/interceptors-opentelemetry/lib/workflow');
  return {
    inbound: new otel.OpenTelemetryInboundInterceptor(),
    outbound: new otel.OpenTelemetryOutboundInterceptor(),
    internals: new otel.OpenTelemetryInternalsInterceptor(),
  };
}

function withRoot<Input extends { readonly headers: Headers }>(input: Input): Input {
  const { root, workflowId, runId } = workflowInfo();
  const value: ExecutionOfSpan = root ?? { workflowId, runId };
  return { ...input, headers: { ...input.headers, [rootHeader]: defaultPayloadConverter.toPayload(value) } };
}

/**
 * Traces a run if, and only if, it was started with a trace header. Part of the bundle, runs in the workflow sandbox.
 *
 * The SDK's interceptors take promise turns of their own, so a run that is replayed must be traced exactly when it was
 * traced at first. The header is in the run's history; the worker's configuration is not: turning tracing on or off
 * while runs are open is safe only by the header. Pass-through adds no promise turn either, so a run without the header
 * replays as with no interceptor at all.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let traced: TracedRun | null = null;
  return {
    inbound: [
      {
        execute(input, next) {
          if (input.headers[traceHeader] !== undefined) traced = traceRun();
          return traced ? traced.inbound.execute(input, next) : next(input);
        },
        handleSignal: (input, next) => (traced ? traced.inbound.handleSignal(input, next) : next(input)),
        handleUpdate: (input, next) => (traced ? traced.inbound.handleUpdate(input, next) : next(input)),
        validateUpdate: (input, next) => (traced ? traced.inbound.validateUpdate(input, next) : next(input)),
        handleQuery: (input, next) => (traced ? traced.inbound.handleQuery(input, next) : next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          traced ? traced.outbound.scheduleActivity(withRoot(input), next) : next(input),
        scheduleLocalActivity: (input, next) =>
          traced ? traced.outbound.scheduleLocalActivity(input, next) : next(input),
        startChildWorkflowExecution: (input, next) =>
          traced ? traced.outbound.startChildWorkflowExecution(input, next) : next(input),
        continueAsNew: (input, next) => (traced ? traced.outbound.continueAsNew(input, next) : next(input)),
        signalWorkflow: (input, next) => (traced ? traced.outbound.signalWorkflow(input, next) : next(input)),
        getLogAttributes: (input, next) => (traced ? traced.outbound.getLogAttributes(input, next) : next(input)),
      },
    ],
    internals: [
      {
        // Disposal is never awaited by the SDK: the promise of the traced form settles at once.
        dispose: (input, next) => (traced ? void traced.internals.dispose(input, next) : next(input)),
      },
    ],
  };
};
