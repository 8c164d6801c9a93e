import { isTracingConfigured } from '../tracing/client-interceptors';

type Env = Readonly<Record<string, string | undefined>>;

/** They run workers in this process, which trace by themselves. */
const servers = new Set(['worker', 'up', 'demo']);

/** A collector that does not take the spans must not hold up whoever waits at a terminal. */
const flushPatienceMs = 3_000;

/**
 * Where OpenTelemetry is set up, the command is the root of a trace: what it starts or tells goes on in it, through workers
 * to whatever they call. Without it nothing is loaded.
 */
export async function withCommandSpan(argv: readonly string[], env: Env, run: () => Promise<unknown>): Promise<void> {
  const verb = argv.find((word) => !word.startsWith('-'));
  if (!isTracingConfigured(env) || verb === undefined || servers.has(verb)) {
    await run();
    return;
  }
  const { startTracing } = require('../tracing/tracing') as typeof import('../tracing/tracing');
  const { SpanStatusCode, trace } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const tracing = startTracing('framework0-cli');
  try {
    await trace.getTracer('f0').startActiveSpan(`f0 ${verb}`, async (span) => {
      try {
        await run();
      } catch (error) {
        // Its message is for the terminal: it may name what is nobody else's business.
        span.setStatus({ code: SpanStatusCode.ERROR });
        if (error instanceof Error) span.setAttribute('error.type', error.name);
        throw error;
      } finally {
        span.end();
      }
    });
  } finally {
    await within(flushPatienceMs, tracing.stop());
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
