import type { MetricTarget } from '../../definition/release-plan';
import { datadogAddress } from '../../definition/vendor-addresses';
import type { SecretResolver } from '../secrets';
import { askedSource } from './asked-source';
import { type DatadogApiOptions, queryDatadog } from './datadog-api';
import { type AskDatadog, datadogHistory, datadogReading } from './datadog-readings';
import { MetricHttp, MetricSourceError } from './metric-http';
import type { MetricSource } from './port';
import type { Point } from './window';

export interface DatadogOptions {
  readonly secrets: SecretResolver;
  /** For one query. @default 5 */
  readonly timeoutSeconds?: number;
  /** @default Date.now */
  readonly now?: () => number;
}

/** Further back than the windows, so that an old sample can be told from none. */
const lookBackSeconds = 900;

/** One series has some hundred points. More is a query that is not aggregated. */
const maxBytes = 2 * 1024 * 1024;

/** Figures of Datadog: its trace metrics, its containers, or whatever the platform's queries name. */
export function createDatadogSource(options: DatadogOptions): MetricSource {
  const { secrets, timeoutSeconds = 5, now = Date.now } = options;
  const http = new MetricHttp({ vendor: 'Datadog', timeoutSeconds, maxBytes, now });

  const apiOf = async ({ source }: MetricTarget): Promise<DatadogApiOptions> => {
    const { name, url, secret, datadog } = source;
    if (secret === null || datadog === undefined)
      throw new MetricSourceError(`the metric source ${name} has no keys to ask Datadog with`);
    const [apiKey, applicationKey] = await Promise.all([
      secrets.resolve(secret),
      secrets.resolve(datadog.applicationSecret),
    ]);
    return { url: url ?? datadogAddress(datadog.site), apiKey, applicationKey, http, now };
  };

  return askedSource({
    read: async ({ target, needed }) => {
      const api = await apiOf(target);
      const nowMs = now();
      const windows = needed.map(({ windowSeconds }) => windowSeconds);
      const ask = askOnce(api, nowMs - Math.max(lookBackSeconds, ...windows) * 1_000, nowMs);
      return Promise.all(needed.map((one) => datadogReading({ target, needed: one, nowMs, ask })));
    },
    history: async (request) => {
      const api = await apiOf(request.target);
      return datadogHistory(request, (fromMs) => askOnce(api, fromMs, request.toMs));
    },
  });
}

/** Each query once, however many readings need it: windows are cut out of the same points. */
function askOnce(api: DatadogApiOptions, fromMs: number, toMs: number): AskDatadog {
  const span = { from: Math.floor(fromMs / 1_000), to: Math.ceil(toMs / 1_000) };
  const once = new Map<string, Promise<readonly Point[]>>();
  return (query) => {
    const answer = once.get(query) ?? queryDatadog(api, { query, ...span });
    once.set(query, answer);
    return answer;
  };
}
