import type { KubernetesSettings } from '../../../../definition/schema/production-platform';
import type { Session } from '../session';
import type { WatchedNamespace } from '../watched-namespace';

/** Whose traffic is split, and where. */
export interface RoutedService {
  readonly watched: WatchedNamespace;
  readonly settings: KubernetesSettings;
  /** The cluster, for messages. */
  readonly cluster: string;
  readonly service: string;
}

/** What splits the traffic between a Service and its canary Service: one file a kind of router. */
export interface Router {
  /** For messages: `HTTPRoute shop`. */
  readonly name: string;
  /** The canary Service's share, 0..100, as the watched objects have it. */
  share(): number;
  /** Sets the share, and resolves when it was read back. 0 leaves the router as it was before the canary. */
  setShare(session: Session, share: number): Promise<void>;
}
