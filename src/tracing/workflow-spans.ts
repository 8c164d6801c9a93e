import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { makeWorkflowExporter, type OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry';
import type { InjectedSinks } from '@temporalio/worker';
import { workflowAttributes } from './semantics';

type Export = InjectedSinks<OpenTelemetrySinks>['exporter']['export']['fn'];

/**
 * Where the spans of workflows leave the sandbox. Of what Temporal knows of a workflow only names go along: the exporter
 * would make attributes of all of it, memo and last failure included.
 */
export function workflowSpanSinks(processor: SpanProcessor, resource: Resource): InjectedSinks<OpenTelemetrySinks> {
  const exporter = makeWorkflowExporter(processor, resource);
  const fn: Export = (info, spans) => {
    const { workflowId, runId, workflowType, namespace, taskQueue, root } = info;
    const named = spans.map((span) => ({
      ...span,
      attributes: { ...span.attributes, ...workflowAttributes({ workflowId, runId }, root) },
    }));
    return exporter.export.fn({ workflowId, runId, workflowType, namespace, taskQueue } as typeof info, named);
  };
  return { exporter: { export: { ...exporter.export, fn } } };
}
