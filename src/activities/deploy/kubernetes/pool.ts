import { failure } from '../../../contracts/errors';
import type { ClusterPlan } from '../../../definition/release-plan';
import { type KubernetesSettings, kubernetesSettings } from '../../../definition/schema/production-platform';
import { Connection } from './connection';
import { WatchedNamespace } from './watched-namespace';

/** Watches outlast the gap between two steps, and end some time after the last deployment. */
const lingerMs = 120_000;

interface Entry {
  readonly opened: Promise<WatchedNamespace>;
  users: number;
  linger: NodeJS.Timeout | null;
}

/** The clusters and namespaces of this process: each is connected to and watched once, however many deployments there are. */
export class NamespacePool {
  private readonly connections = new Map<string, Promise<Connection>>();
  private readonly entries = new Map<string, Entry>();

  /** Lends the namespace where `cluster` has the apps of a document's namespace, for as long as `work` takes. */
  async use<T>(
    cluster: ClusterPlan,
    documentNamespace: string,
    work: (watched: WatchedNamespace, settings: KubernetesSettings) => Promise<T>,
  ): Promise<T> {
    const settings = settingsOf(cluster);
    const namespace = settings.namespace ?? documentNamespace;
    const { kubeconfig = null, context = null } = settings;
    const connectionKey = JSON.stringify([kubeconfig, context]);
    const key = JSON.stringify([kubeconfig, context, namespace]);
    const entry =
      this.entries.get(key) ?? this.open(key, namespace, this.connect(connectionKey, cluster.name, settings));
    entry.users += 1;
    if (entry.linger) clearTimeout(entry.linger);
    try {
      return await work(await entry.opened, settings);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) entry.linger = setTimeout(() => void this.drop(key, entry), lingerMs).unref();
    }
  }

  /** Requests sent so far, watches excepted; for measurements. */
  async requestsSent(): Promise<number> {
    const connections = await Promise.all(this.connections.values());
    return connections.reduce((sum, { sent }) => sum + sent, 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.entries].map(([key, entry]) => this.drop(key, entry)));
    const connections = await Promise.allSettled(this.connections.values());
    this.connections.clear();
    await Promise.all(connections.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }

  private connect(key: string, cluster: string, settings: KubernetesSettings): Promise<Connection> {
    const known = this.connections.get(key) ?? Connection.open(cluster, settings);
    this.connections.set(key, known);
    // A kubeconfig may be put right.
    known.catch(() => this.connections.delete(key));
    return known;
  }

  private open(key: string, namespace: string, connection: Promise<Connection>): Entry {
    const opened = connection.then((one) => WatchedNamespace.open(one, namespace));
    const entry: Entry = { opened, users: 0, linger: null };
    this.entries.set(key, entry);
    // What failed to open is opened anew by whoever comes next.
    opened.catch(() => this.entries.get(key) === entry && this.entries.delete(key));
    return entry;
  }

  private async drop(key: string, entry: Entry): Promise<void> {
    if (entry.linger) clearTimeout(entry.linger);
    if (this.entries.get(key) === entry) this.entries.delete(key);
    const [opened] = await Promise.allSettled([entry.opened]);
    if (opened.status === 'fulfilled') await opened.value.close();
  }
}

function settingsOf(cluster: ClusterPlan): KubernetesSettings {
  const parsed = kubernetesSettings.safeParse(cluster.settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw failure('InvalidInput', `cluster "${cluster.name}": ${faults.join('; ')}`);
}
