import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/common';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogConfig } from './config';

export type { Logger } from 'pino';

/** Never written, wherever in an entry they stand: whoever logs a request or a configuration shows no credential. */
const redacted = ['password', 'token', 'apiKey', 'authorization', 'secret'].flatMap((name) => [`${name}`, `*.${name}`]);

/**
 * One JSON object a line on standard output; `pretty` is for a person at a terminal.
 * @param destination where lines go; @default standard output
 */
export function createLogger({ level, format }: LogConfig, destination?: DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redacted, censor: '[redacted]' },
  };
  if (destination) return pino(options, destination);
  if (format === 'json') return pino(options, pino.destination({ dest: 1, sync: true }));
  const pretty = { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss.l', ignore: 'sdkComponent' } };
  // A transport is another thread: it takes no functions, so levels stay numbers until it prints them.
  const { formatters: _formatters, ...plain } = options;
  return pino({ ...plain, transport: pretty });
}

/** The SDK logs through ours: its own lines, those of the native core, and `log` of workflows and activities. */
export class TemporalLog implements TemporalLogger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(level: LogLevel, message: string, meta: LogMetadata = {}): void {
    // Whoever has the task token of an activity can complete it.
    const { error, taskToken: _taskToken, ...rest } = meta;
    const name = level.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
    this.#logger[name]({ ...plainJson(rest), ...(error === undefined ? {} : { err: error }) }, message);
  }

  trace(message: string, meta?: LogMetadata): void {
    this.log('TRACE', message, meta);
  }
  debug(message: string, meta?: LogMetadata): void {
    this.log('DEBUG', message, meta);
  }
  info(message: string, meta?: LogMetadata): void {
    this.log('INFO', message, meta);
  }
  warn(message: string, meta?: LogMetadata): void {
    this.log('WARN', message, meta);
  }
  error(message: string, meta?: LogMetadata): void {
    this.log('ERROR', message, meta);
  }
}

/** The SDK's entries hold timestamps as bigint, which JSON does not have. */
function plainJson(meta: LogMetadata): LogMetadata {
  return Object.fromEntries(
    Object.entries(meta).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
