import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';

/** What a worker needs so that its activities and the traced runs send spans. */
export interface Tracing {
  readonly activityInterceptor: ActivityInterceptorsFactory;
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  /** Sends what is still buffered; gives up after the exporter's own timeout (10 s). */
  stop(): Promise<void>;
}

/**
 * Makes spans and exports them by OTLP over HTTP. Everything else is OpenTelemetry's standard environment
 * configuration (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_BSP_*), which its packages read themselves.
 */
export function startTracing(serviceName: string, attributes: Readonly<Record<string, string>> = {}): Tracing {
  const resource = new Resource({ 'service.name': process.env.OTEL_SERVICE_NAME || serviceName, ...attributes });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    activityInterceptor: (context) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(context),
      outbound: new OpenTelemetryActivityOutboundInterceptor(context),
    }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    stop: () => provider.shutdown(),
  };
}

/** For workers without tracing: a run that a client asked to trace stays silent, without an error for each span. */
export const noTracingSinks: InjectedSinks<OpenTelemetrySinks> = {
  exporter: { export: { fn: () => undefined, callDuringReplay: false } },
};
