import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import { activitySpanInterceptor } from './activity-spans';
import { workflowSpanSinks } from './workflow-spans';

/** What a worker needs so that its activities and the traced runs send spans. */
export interface Tracing {
  readonly activityInterceptors: readonly ActivityInterceptorsFactory[];
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  /** Sends what is still buffered; gives up after the exporter's own timeout (10 s). */
  stop(): Promise<void>;
}

/**
 * Makes spans and exports them by OTLP over HTTP; requests to others within one are spans of their own, and carry the
 * W3C context along. Everything else is OpenTelemetry's standard environment
 * configuration (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_BSP_*), which its packages read themselves.
 */
export function startTracing(serviceName: string, attributes: Readonly<Record<string, string>> = {}): Tracing {
  const resource = new Resource({
    [ATTR_SERVICE_NAME]: process.env.OTEL_SERVICE_NAME || serviceName,
    [ATTR_SERVICE_VERSION]: ownVersion(),
    ...attributes,
  });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const stopRequests = registerInstrumentations({
    tracerProvider: provider,
    // Without a span around it a request belongs to nobody's trace: an observer's questions, say.
    instrumentations: [new UndiciInstrumentation({ requireParentforSpans: true })],
  });
  return {
    activityInterceptors: [
      (context) => ({
        inbound: new OpenTelemetryActivityInboundInterceptor(context),
        outbound: new OpenTelemetryActivityOutboundInterceptor(context),
      }),
      activitySpanInterceptor,
    ],
    sinks: workflowSpanSinks(processor, resource),
    stop: () => {
      stopRequests();
      return provider.shutdown();
    },
  };
}

/** For workers without tracing: a run that a client asked to trace stays silent, without an error for each span. */
export const noTracingSinks: InjectedSinks<OpenTelemetrySinks> = {
  exporter: { export: { fn: () => undefined, callDuringReplay: false } },
};

/** Read at run time: the manifest is outside the compiled tree. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
