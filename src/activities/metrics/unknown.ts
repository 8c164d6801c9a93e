import type { MetricReading, NeededReading } from '../../analytics';

/** The same answer to everything that was asked: the source could not be asked. */
export function failedReadings(needed: readonly NeededReading[], reason: string): MetricReading[] {
  return needed.map((one) => failedReading(one, reason));
}

export function failedReading({ metric, windowSeconds }: NeededReading, reason: string): MetricReading {
  return { metric, windowSeconds, value: null, samples: 0, reason, failed: true };
}

/** The text of an error, with what caused it: undici says "fetch failed" and keeps why in the cause. */
export function reasonOf(error: unknown): string {
  const { message, code, cause, name } = (error ?? {}) as {
    message?: string;
    code?: string;
    cause?: unknown;
    name?: string;
  };
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return 'it did not answer in time';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'its answer is too large';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  return message || (cause === undefined ? String(code ?? error) : reasonOf(cause));
}
