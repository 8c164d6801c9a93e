import path from 'node:path';
import type { DescribeInput, PreviewReleaseInput, ReleaseRef, TrafficState } from '../../../contracts/activities';
import type { ReleasePreview } from '../../../contracts/cluster-changes';
import type { MetricTarget } from '../../../definition/release-plan';
import type { ArtifactStore } from '../../artifacts/port';
import type { DeployContext, DeployTarget } from '../port';
import { ApiError, clusterFailure } from './api-errors';
import { drift } from './drift';
import { scrapeAddresses } from './endpoints';
import { ManifestStore } from './manifest-store';
import { AppView } from './observed';
import { NamespacePool } from './pool';
import { prepare } from './prepare';
import { preview, refusedPreview, sourceManifests, unbuiltRef } from './preview';
import { findRouter } from './routers/find';
import { Session } from './session';
import { promote, retire } from './settle';
import { shift } from './shift';

export interface KubernetesTargetOptions {
  /** `F0_HOME`: artifacts are unpacked below it. */
  readonly home: string;
  readonly artifacts: ArtifactStore;
  /** Turns `secret://...` in the environment of a release into its value; without it such a value is refused. */
  readonly resolveSecret?: (reference: string) => Promise<string>;
  /**
   * How long pods may wait for a node before it counts as never: autoscalers of clusters add one in a minute or two.
   * @default 120
   */
  readonly unschedulableSeconds?: number;
}

export interface KubernetesTarget extends DeployTarget {
  /** Ends the watches. */
  close(): Promise<void>;
  /** Requests sent so far, watches excepted; for measurements. */
  requestsSent(): Promise<number>;
}

/** Steps other than prepare have no deadline of their own; what they wait for are pods that have been ready before. */
const stepSeconds = 300;

/** Runs releases as Deployments behind a Service, in any cluster of Kubernetes. */
export function createKubernetesTarget(options: KubernetesTargetOptions): KubernetesTarget {
  const { home, artifacts, resolveSecret, unschedulableSeconds = 120 } = options;
  const pool = new NamespacePool();
  const manifests = new ManifestStore(artifacts, path.join(home, 'work', 'manifests'));
  const waits = { deadlineSeconds: stepSeconds, unschedulableSeconds };

  /** Does a step, and answers what is so afterwards. */
  function step(
    ref: ReleaseRef,
    context: DeployContext,
    work: (session: Session) => Promise<void>,
  ): Promise<TrafficState> {
    return pool.use(ref.cluster, ref.namespace, async (watched, settings) => {
      const session = new Session(watched, settings, ref, context);
      try {
        await work(session);
        const router = session.view.canaryService ? await findRouter(session) : null;
        const { view, adopted } = session;
        return { ...view.state(router?.share() ?? 0), ...(adopted.length === 0 ? {} : { adopted }) };
      } catch (error) {
        throw error instanceof ApiError ? clusterFailure(error, ref.cluster.name) : error;
      }
    });
  }

  async function describe({ cluster, namespace, app, environment }: DescribeInput): Promise<TrafficState> {
    return pool.use(cluster, namespace, async (watched, settings) => {
      const view = new AppView(watched, { app, environment });
      const service = view.service?.metadata?.name;
      const isSplit = service !== undefined && view.canaryService !== null;
      const router = isSplit ? await findRouter({ watched, settings, cluster: cluster.name, service }) : null;
      return view.state(router?.share() ?? 0);
    });
  }

  /** What makes it impossible as a whole (no such namespace, no rights to watch it) is a refusal like any other. */
  async function previewed(input: PreviewReleaseInput, context: DeployContext): Promise<ReleasePreview> {
    try {
      return await pool.use(input.cluster, input.namespace, async (watched, settings) => {
        const session = new Session(watched, settings, unbuiltRef(input), context, watched.api.dry);
        return preview(session, input, await sourceManifests(input, watched.namespace), resolveSecret);
      });
    } catch (error) {
      return refusedPreview(error instanceof ApiError ? clusterFailure(error, input.cluster.name) : error);
    }
  }

  return {
    prepare: (input, context) =>
      step(input, context, async (session) => {
        context.progress('rendering the manifests');
        const set = await manifests.of(input, session.watched.namespace);
        await prepare(session, input, set, { unschedulableSeconds, resolveSecret });
      }),
    shift: (input, context) =>
      step(input, context, (session) => shift(session, input, { ...waits, isUrgent: input.goesBack !== undefined })),
    promote: (input, context) => step(input, context, (session) => promote(session, waits)),
    retire: (input, context) => step(input, context, (session) => retire(session, input, waits)),
    describe,
    preview: previewed,
    drift: (input, context) =>
      pool.use(input.cluster, input.namespace, async (watched, settings) => {
        const session = new Session(watched, settings, input, context);
        try {
          return await drift(session, input, await manifests.of(input, watched.namespace), resolveSecret);
        } catch (error) {
          throw error instanceof ApiError ? clusterFailure(error, input.cluster.name) : error;
        }
      }),
    endpoints: (target: MetricTarget) =>
      pool.use(target.cluster, target.namespace, async (watched) => scrapeAddresses(watched, target)),
    close: () => pool.close(),
    requestsSent: () => pool.requestsSent(),
  };
}
