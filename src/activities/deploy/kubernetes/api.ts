import type { V1ObjectMeta } from '@kubernetes/client-node';
import { failure } from '../../../contracts/errors';
import { ApiError, clusterFailure } from './api-errors';
import type { ApiRequest, Connection } from './connection';
import { fieldManager } from './names';

/** Any object, as JSON: nothing of a manifest is lost because a version of a library does not know it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: V1ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** A CRD may be installed while we run: that there is none is believed for this long. */
const absentMs = 30_000;

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Reads and writes the objects of one namespace. Errors are ours, except conflicts where a method says so. */
export class KubernetesApi {
  constructor(
    readonly connection: Connection,
    readonly namespace: string,
    /** Asked of every write: `dryRun` leaves everything as it is. */
    private readonly writing: Readonly<Record<string, string>> = {},
    private readonly resources = new Map<string, Promise<ReadonlyMap<string, Resource>>>(),
  ) {}

  /** The same, whose writes are checked, defaulted and admitted by the server, and not done. */
  get dry(): KubernetesApi {
    return new KubernetesApi(this.connection, this.namespace, { dryRun: 'All' }, this.resources);
  }

  async get<T extends KubeObject>(key: ObjectKey): Promise<T | null> {
    const path = await this.pathOf(key);
    return this.orNull(() => this.connection.request<T>({ method: 'GET', path, what: this.called(key) }));
  }

  async list<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly T[]> {
    const path = await this.pathOf({ apiVersion, kind, name: '' });
    const what = `${kind}s in namespace ${this.namespace}`;
    const { items } = await this.ours(() =>
      this.connection.request<{ items: T[] }>({ method: 'GET', path, query, what }),
    );
    return items;
  }

  /**
   * Server-side apply: what others own and we do not name stays theirs. Throws ApiError for a conflict: fields that
   * somebody else changed, or another version than the one in `metadata.resourceVersion`.
   */
  async apply<T extends KubeObject>(object: T, force: boolean): Promise<T> {
    const key = keyOf(object);
    const path = await this.pathOf(key);
    return this.oursButConflicts<T>({
      method: 'PATCH',
      path,
      query: { fieldManager, force: String(force), ...this.writing },
      body: object,
      contentType: 'application/apply-patch+yaml',
      what: this.called(key),
    });
  }

  /** A JSON merge patch. Throws ApiError when `metadata.resourceVersion` of the patch is another one by now. */
  async patch<T extends KubeObject>(key: ObjectKey, patch: object): Promise<T> {
    return this.oursButConflicts<T>({
      method: 'PATCH',
      path: await this.pathOf(key),
      query: { fieldManager, ...this.writing },
      body: patch,
      contentType: 'application/merge-patch+json',
      what: this.called(key),
    });
  }

  /** A JSON patch: for fields that are to be replaced as a whole. */
  async replace<T extends KubeObject>(key: ObjectKey, operations: readonly object[]): Promise<T> {
    return this.oursButConflicts<T>({
      method: 'PATCH',
      path: await this.pathOf(key),
      query: { fieldManager, ...this.writing },
      body: operations,
      contentType: 'application/json-patch+json',
      what: this.called(key),
    });
  }

  /** What is not there is deleted already. */
  async delete(key: ObjectKey): Promise<void> {
    const path = await this.pathOf(key);
    const query = { propagationPolicy: 'Background', ...this.writing };
    await this.orNull(() => this.connection.text({ method: 'DELETE', path, query, what: this.called(key) }));
  }

  /** The last lines of a container; none when it never ran. */
  async lastLines(pod: string, container: string, previous: boolean): Promise<string> {
    const path = `/api/v1/namespaces/${this.namespace}/pods/${pod}/log`;
    const query = { container, tailLines: '10', limitBytes: '4096', previous: String(previous) };
    return this.connection.text({ method: 'GET', path, query, what: `log of pod ${pod}` }).catch(() => '');
  }

  /** Whether the cluster has this kind of object. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.resourcesOf(apiVersion)).has(kind);
  }

  /** The path of a kind or, with a name, of an object. */
  async pathOf({ apiVersion, kind, name }: ObjectKey): Promise<string> {
    const resource = (await this.resourcesOf(apiVersion)).get(kind);
    if (!resource) {
      throw failure(
        'NotFound',
        `cluster "${this.connection.cluster}" does not know ${kind} of ${apiVersion}: install its CustomResourceDefinition, or take the object out of the manifests`,
      );
    }
    const place = resource.namespaced ? `/namespaces/${this.namespace}` : '';
    return `${groupPath(apiVersion)}${place}/${resource.plural}${name ? `/${name}` : ''}`;
  }

  private resourcesOf(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const known = this.resources.get(apiVersion);
    if (known) return known;
    const asked = this.discover(apiVersion);
    this.resources.set(apiVersion, asked);
    const forget = () => this.resources.delete(apiVersion);
    asked.then((found) => found.size === 0 && setTimeout(forget, absentMs).unref(), forget);
    return asked;
  }

  private async discover(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const path = groupPath(apiVersion);
    const what = `the kinds of ${apiVersion}`;
    type Listed = { resources: { name: string; kind: string; namespaced: boolean }[] };
    const listed = await this.orNull(() => this.connection.request<Listed>({ method: 'GET', path, what }));
    return new Map(
      (listed?.resources ?? [])
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
    );
  }

  private async orNull<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ApiError && error.statusCode === 404) return null;
      throw clusterFailure(error, this.connection.cluster);
    }
  }

  private async ours<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw clusterFailure(error, this.connection.cluster);
    }
  }

  private async oursButConflicts<T>(asked: ApiRequest): Promise<T> {
    try {
      return await this.connection.request<T>(asked);
    } catch (error) {
      throw error instanceof ApiError && error.isConflict ? error : clusterFailure(error, this.connection.cluster);
    }
  }

  private called({ kind, name }: ObjectKey): string {
    return `${kind} ${name} in namespace ${this.namespace}`;
  }
}

export function keyOf({ apiVersion, kind, metadata }: KubeObject): ObjectKey {
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', name: metadata?.name ?? '' };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
