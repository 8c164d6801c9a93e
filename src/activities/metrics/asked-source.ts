import type { BaselineReading, MetricReading } from '../../analytics';
import { rootMessage } from '../../contracts/errors';
import type { HistoryRequest, MetricSource, ReadRequest } from './port';
import { failedReadings } from './unknown';

export interface AskedSource {
  /** May throw: then every reading is unknown, with the error as its reason. */
  read(request: ReadRequest): Promise<readonly MetricReading[]>;
  /** May throw: then there is no past. */
  history(request: HistoryRequest): Promise<readonly BaselineReading[]>;
}

/** A source that collects by itself, whoever asks: it needs no warning of what it will be asked about. */
export function askedSource({ read, history }: AskedSource): MetricSource {
  return {
    read: async (request) => {
      if (request.needed.length === 0) return [];
      try {
        return await read(request);
      } catch (error) {
        return failedReadings(request.needed, rootMessage(error));
      }
    },
    history: async (request) => {
      if (request.needed.length === 0) return [];
      try {
        return await history(request);
      } catch {
        // Without a past the watch compares with what the baseline does now, or says that it has nothing to compare with.
        return [];
      }
    },
    warm: () => undefined,
    keep: () => undefined,
    stop: () => undefined,
  };
}
