import { IllegalStateError } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import { type Logger, TemporalLog } from './logging';

export interface InstalledRuntime {
  /** Where the SDK serves its own metrics, on loopback; null: nobody asked, or the process had a runtime already. */
  readonly sdkMetricsUrl: string | null;
}

let installed: InstalledRuntime | null = null;

/**
 * Sets up Temporal's native runtime: one a process, before its first connection. Its logs go through ours, and signals
 * stay with the entry point, which has more to end than workers. Called again it changes nothing.
 */
export async function installRuntime(logger: Logger, wantsMetrics: boolean): Promise<InstalledRuntime> {
  if (installed) return installed;
  // The SDK cannot tell which port it took, so we choose: free a moment ago, on loopback, taken by nobody but luck.
  const { default: getPort } = wantsMetrics ? await import('get-port') : { default: async () => 0 };
  const bindAddress = wantsMetrics ? `127.0.0.1:${await getPort({ host: '127.0.0.1' })}` : null;
  const metrics = bindAddress && {
    prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
  };
  try {
    Runtime.install({
      logger: new TemporalLog(logger),
      shutdownSignals: [],
      telemetryOptions: {
        logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
        ...(metrics ? { metrics } : {}),
      },
    });
    installed = { sdkMetricsUrl: bindAddress && `http://${bindAddress}/metrics` };
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
    logger.warn('Temporal was used in this process before its runtime was set up: its logs and metrics go elsewhere');
    installed = { sdkMetricsUrl: null };
  }
  return installed;
}
