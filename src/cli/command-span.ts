import { startConfiguredTracing } from '../tracing/client-interceptors';

type Env = Readonly<Record<string, string | undefined>>;

/** They serve for as long as the process lives, and trace what they are asked by themselves. */
const servers = new Set(['worker', 'up', 'demo', 'console']);

/** A collector that does not take the spans must not hold up whoever waits at a terminal. */
const flushPatienceMs = 3_000;

/**
 * Where OpenTelemetry is set up, the command is a span: what it starts or tells goes on in its trace, through workers to
 * whatever they call. The trace is that of TRACEPARENT, which a pipeline that runs `f0` may set, else one of its own.
 * Without OpenTelemetry nothing is loaded.
 */
export async function withCommandSpan(argv: readonly string[], env: Env, run: () => Promise<unknown>): Promise<void> {
  const verb = argv.find((word) => !word.startsWith('-'));
  const tracing = verb === undefined || servers.has(verb) ? null : startConfiguredTracing(env, 'framework0-cli');
  if (!tracing) {
    await run();
    return;
  }
  const { propagation, ROOT_CONTEXT, SpanStatusCode, trace } =
    require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent: env.TRACEPARENT, tracestate: env.TRACESTATE });
  try {
    await trace.getTracer('f0').startActiveSpan(`f0 ${verb}`, {}, parent, async (span) => {
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
