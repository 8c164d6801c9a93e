import type {
  AuthMethodsConfiguration,
  Configuration,
  RequestContext,
} from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/index.js';

export interface DatadogAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface DatadogOptions {
  readonly url: string;
  readonly keys: AuthMethodsConfiguration;
  /** The client's own way to send has no time-out, no limit of size, and sleeps where it is limited. */
  readonly send: (request: RequestContext) => Promise<DatadogAnswer>;
}

/** What an API class of Datadog's client is made with. Loaded when it is used: the whole package takes seconds and 140 MB. */
export async function datadogConfiguration({ url, keys, send }: DatadogOptions): Promise<Configuration> {
  const { createConfiguration, BaseServerConfiguration, ResponseContext } = await import(
    '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/index.js'
  );
  return createConfiguration({
    baseServer: new BaseServerConfiguration(url.replace(/\/+$/, ''), {}),
    authMethods: keys,
    httpApi: {
      send: async (request) => {
        const { status, headers, text } = await send(request);
        return new ResponseContext(status, headers, {
          text: async () => text,
          binary: async () => Buffer.from(text),
        });
      },
    },
  });
}
