import path from 'node:path';
import type { DescribeInput, ReleaseRef, TrafficState } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import type { MetricTarget } from '../../../definition/release-plan';
import type { GitOpsSettings } from '../../../definition/schema/gitops';
import { ApiError, clusterFailure } from '../kubernetes/api-errors';
import { addressOf } from '../kubernetes/endpoints';
import { AppView } from '../kubernetes/observed';
import { NamespacePool } from '../kubernetes/pool';
import { Session } from '../kubernetes/session';
import type { DeployContext, DeployTarget } from '../port';
import { branchOf, deliver, placeOf } from './delivery';
import { deployedBy, podsOfRelease, runs, stateOf } from './observed';
import type { PullRequests } from './port';
import { GitRepository } from './repository';
import { mark, markStable, untilServing, untilSynced } from './sync';

export interface GitOpsTargetOptions {
  /** `F0_HOME`: working copies are made below it. */
  readonly home: string;
  /** Turns `secret://...` into the token of the repository. */
  readonly resolveSecret?: (reference: string) => Promise<string>;
  /** Opens pull requests; left out: people open them from the branch that is pushed. */
  readonly pullRequests?: PullRequests;
  /** How long pods may wait for a node. @default 120 */
  readonly unschedulableSeconds?: number;
  /** Between two looks at whether a branch was merged; servers of Git answer that cheaply. @default 10_000 */
  readonly pollMs?: number;
}

/** Steps other than prepare find what prepare has waited for. */
const stepSeconds = 300;

/**
 * Deploys by commits: what the repository says is brought to the cluster by its reader (Argo CD, Flux), and this waits
 * until it is there. The app has one Deployment, which is replaced in place: prepare gives a release all of the traffic.
 */
export function createGitOpsTarget(options: GitOpsTargetOptions): DeployTarget {
  const { home, resolveSecret, unschedulableSeconds = 120, pullRequests = null, pollMs = 10_000 } = options;
  const pool = new NamespacePool();
  const workFolder = path.join(home, 'work', 'gitops');
  const waits = { deadlineSeconds: stepSeconds, unschedulableSeconds };

  /** Does a step, and answers what is so afterwards. */
  function step(
    ref: ReleaseRef,
    context: DeployContext,
    work: (session: Session, settings: GitOpsSettings) => Promise<void>,
  ): Promise<TrafficState> {
    return pool.use(ref.cluster, ref.namespace, async (watched, settings) => {
      const session = new Session(watched, settings, ref, context);
      if (!settings.gitops) throw failure('InvalidInput', `cluster "${ref.cluster.name}" has no gitops`);
      try {
        await work(session, settings.gitops);
        return stateOf(session.view, deployedBy(session.view, session.plan.workload));
      } catch (error) {
        throw error instanceof ApiError ? clusterFailure(error, ref.cluster.name) : error;
      }
    });
  }

  async function withRepository<T>(
    { context }: Session,
    settings: GitOpsSettings,
    work: (repository: GitRepository) => Promise<T>,
  ): Promise<T> {
    const credentials = await credentialsOf(settings, resolveSecret);
    return GitRepository.use({ settings, credentials, context, workFolder }, work);
  }

  return {
    prepare: (input, context) =>
      step(input, context, async (session, settings) => {
        const said = await withRepository(session, settings, (repository) =>
          deliver(session, settings, repository, input, { pullRequests, pollMs }),
        );
        await untilSynced(session, input, said.commit, () =>
          withRepository(session, settings, async (repository) => {
            const now = await repository.read(placeOf(session, settings), input.digest);
            return `${settings.branch} of ${settings.repository} says ${now.image} in ${now.file} (commit ${now.commit})`;
          }),
        );
        await mark(session, input);
        await untilServing(session, input, { ...waits, deadlineSeconds: input.progressDeadlineSeconds });
      }),

    shift: (input, context) =>
      step(input, context, async (session) => {
        if (input.weight !== 100) {
          throw failure(
            'InvalidInput',
            `cluster "${input.cluster.name}" is deployed to by gitops, which gives a release all of the traffic: ${input.weight}% needs another strategy or cluster`,
          );
        }
        await untilServing(session, input, waits);
      }),

    promote: (input, context) =>
      step(input, context, async (session) => {
        await untilServing(session, input, waits);
        await markStable(session, input.release);
      }),

    retire: (input, context) =>
      step(input, context, async (session, settings) => {
        if (settings.mode === 'pull_request') {
          await withRepository(session, settings, (repository) => repository.withdraw(branchOf(input)));
        }
        const found = deployedBy(session.view, session.plan.workload);
        if (!found || !runs(found.deployment, input.digest)) return;
        throw failure(
          'Conflict',
          `release ${input.release} is what the repository says, and there is no other one to go to: commit another image in ${settings.repository}, or take the app out of it`,
        );
      }),

    describe: ({ cluster, namespace, app, environment }: DescribeInput) =>
      pool.use(cluster, namespace, async (watched) => {
        const view = new AppView(watched, { app, environment });
        return stateOf(view, deployedBy(view, app));
      }),

    endpoints: (target: MetricTarget) =>
      pool.use(target.cluster, target.namespace, async (watched) => {
        const { appMetrics, app, environment, release } = target;
        const view = new AppView(watched, { app, environment });
        const found = deployedBy(view, app);
        if (!found || appMetrics === null) return [];
        return podsOfRelease(view, found, release).flatMap((pod) => {
          const url = addressOf(pod, appMetrics.path);
          return url === null ? [] : [{ replica: pod.metadata?.name ?? '', url }];
        });
      }),

    close: () => pool.close(),
  };
}

async function credentialsOf(
  { secret }: GitOpsSettings,
  resolveSecret: GitOpsTargetOptions['resolveSecret'],
): Promise<string | null> {
  if (secret === undefined) return null;
  if (resolveSecret) return resolveSecret(secret);
  throw failure('InvalidInput', `this worker has no secret store to read ${secret} of the gitops from`);
}
