import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { Tracing } from './tracing';

/** Tracing is on for a process when OpenTelemetry's own variable says where spans go. */
export function isTracingConfigured(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/**
 * For the `interceptors: { workflow: [...] }` of a Temporal client: what it starts is traced by the workers, as a part
 * of the caller's own span where the caller has OpenTelemetry set up. Empty, and nothing loaded, when tracing is off.
 */
export function tracingClientInterceptors(
  env: Readonly<Record<string, string | undefined>>,
): WorkflowClientInterceptor[] {
  if (!isTracingConfigured(env)) return [];
  const { OpenTelemetryWorkflowClientInterceptor } =
    require('@temporalio/interceptors-opentelemetry/lib/client') as typeof import('@temporalio/interceptors-opentelemetry/lib/client');
  return [new OpenTelemetryWorkflowClientInterceptor()];
}

/** For a process that is no worker. Null, and nothing loaded, when tracing is off. */
export function startConfiguredTracing(
  env: Readonly<Record<string, string | undefined>>,
  serviceName: string,
): Pick<Tracing, 'stop'> | null {
  if (!isTracingConfigured(env)) return null;
  const { startTracing } = require('./tracing') as typeof import('./tracing');
  return startTracing(serviceName);
}
