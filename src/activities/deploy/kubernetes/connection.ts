import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { KubernetesSettings } from '../../../definition/schema/production-platform';
import { ApiError, type ApiStatus, mayBeRenewed } from './api-errors';
import { readKubeConfig } from './kube-config';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/api/v1/namespaces/shop/pods` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** For messages: `Deployment shop in namespace teashop`. */
  readonly what: string;
}

/** The API server answers in milliseconds; admission webhooks may take up to 30 s. */
const answerTimeoutMs = 40_000;
/** Enough for hundreds of deployments at once; more would only queue in the server's priority levels. */
const maxConnections = 64;

/**
 * One API server with one identity. The kubeconfig, its authentication and the watches are those of the official client;
 * the requests are not, because its generated API drops fields of manifests that its version does not know, and opens a
 * TLS connection for each request.
 */
export class Connection {
  /** How many requests were sent, watches excepted. */
  sent = 0;
  private transport: { readonly identity: string; readonly dispatcher: Dispatcher } | null = null;

  private constructor(
    readonly cluster: string,
    readonly kubeConfig: KubeConfig,
    private readonly settings: KubernetesSettings,
  ) {}

  static async open(cluster: string, settings: KubernetesSettings): Promise<Connection> {
    // Loading it takes half a second: only workers that deploy to Kubernetes do.
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    readKubeConfig(config, cluster, settings);
    return new Connection(cluster, config, settings);
  }

  /** The JSON that the server answers. Throws ApiError when it refuses, and what undici throws when it cannot be reached. */
  async request<T>(asked: ApiRequest): Promise<T> {
    return JSON.parse(await this.text(asked)) as T;
  }

  async text(asked: ApiRequest): Promise<string> {
    try {
      return await this.send(asked);
    } catch (error) {
      if (!mayBeRenewed(error)) throw error;
      this.renew();
      return this.send(asked);
    }
  }

  /** Reads the kubeconfig again: a token or an authority may have been renewed in it since. Watches that begin from then on have it too. */
  renew(): void {
    readKubeConfig(this.kubeConfig, this.cluster, this.settings);
  }

  async close(): Promise<void> {
    await this.transport?.dispatcher.close();
    this.transport = null;
  }

  private async send({ method, path, query, body, contentType, what }: ApiRequest): Promise<string> {
    const url = new URL(`${this.kubeConfig.getCurrentCluster()?.server}${path}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const options: RequestOptions = {};
    await this.kubeConfig.applyToHTTPSOptions(options);
    this.sent += 1;
    const response = await request(url, {
      method,
      dispatcher: this.dispatcherFor(options),
      headers: {
        ...headersOf(options),
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
    });
    const text = await response.body.text();
    if (response.statusCode < 400) return text;
    const after = Number(response.headers['retry-after']);
    throw new ApiError(response.statusCode, statusOf(text), what, Number.isFinite(after) && after > 0 ? after : null);
  }

  /** Kept, so that connections are: until the certificates are others, which credential plugins may bring about. */
  private dispatcherFor({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): Dispatcher {
    const tls = { ca, cert, key, rejectUnauthorized, servername };
    const identity = JSON.stringify(tls, (_, value) => (Buffer.isBuffer(value) ? value.toString('base64') : value));
    if (this.transport?.identity === identity) return this.transport.dispatcher;
    void this.transport?.dispatcher.close();
    const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    const proxy = this.kubeConfig.getCurrentCluster()?.proxyUrl;
    const dispatcher = proxy
      ? new ProxyAgent({ uri: proxy, requestTls: given, connections: maxConnections })
      : new Agent({ connect: given, connections: maxConnections });
    this.transport = { identity, dispatcher };
    return dispatcher;
  }
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(given) };
}

/** A proxy in between may answer something else than a Status. */
function statusOf(text: string): ApiStatus {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as ApiStatus;
  } catch {
    // Told as text below.
  }
  return text.trim() ? { message: text.trim().slice(0, 300) } : {};
}
