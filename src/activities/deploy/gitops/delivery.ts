import type { PrepareInput, ReleaseRef } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import type { GitOpsSettings } from '../../../definition/schema/gitops';
import type { Session } from '../kubernetes/session';
import type { ImagePlace } from './image-file';
import type { PullRequests } from './port';
import type { GitRepository, Said } from './repository';
import { runOf } from './sync';

export interface DeliveryOptions {
  readonly pullRequests: PullRequests | null;
  /** Between two looks at whether people have merged. */
  readonly pollMs: number;
}

/** Brings the digest of a release to the branch that the reader follows, and answers with what that says then. */
export async function deliver(
  session: Session,
  settings: GitOpsSettings,
  repository: GitRepository,
  input: PrepareInput,
  options: DeliveryOptions,
): Promise<Said> {
  const place = placeOf(session, settings);
  if (isDirect(settings, input)) return repository.commit(place, input.digest, messageOf(input));
  const branch = branchOf(input);
  const proposal = { branch, message: messageOf(input), key: input.key };
  const said = await repository.propose(place, input.digest, proposal);
  if (!said.isNew) return said;
  const url = await options.pullRequests?.open({
    repository: settings.repository,
    branch,
    into: settings.branch,
    title: titleOf(input),
    body: messageOf(input),
  });
  return untilMerged({ session, settings, repository, input, branch, place, url: url ?? null }, options.pollMs);
}

/** A way back waits for nobody, but where that is declared, or where the branch takes nothing else. */
function isDirect({ mode, rollback }: GitOpsSettings, { goesBack }: PrepareInput): boolean {
  return goesBack === undefined ? mode === 'commit' : goesBack === 'directly' && rollback === 'commit';
}

interface Proposed {
  readonly session: Session;
  readonly settings: GitOpsSettings;
  readonly repository: GitRepository;
  readonly input: PrepareInput;
  readonly branch: string;
  readonly place: ImagePlace;
  readonly url: string | null;
}

/** By content: whether it was merged, squashed or rebased makes no difference. */
async function untilMerged(proposed: Proposed, pollMs: number): Promise<Said> {
  const { session, settings, repository, input, branch, place, url } = proposed;
  const { context } = session;
  const since = performance.now();
  const asked = `${branch} is to be merged into ${settings.branch} of ${settings.repository}${url ? ` (${url})` : ''}`;
  let seen: string | null = null;
  let isGone = false;
  for (;;) {
    context.progress(`${asked}: waiting for people`);
    const [tip = null, own = null] = await repository.tips([settings.branch, branch]);
    if (tip !== seen) {
      seen = tip;
      const said = await repository.read(place, input.digest);
      if (said.isWanted) return said;
    }
    if (own === null) {
      // Branches are not read at one instant: a merge right before the branch went is seen at the second look.
      if (!isGone) {
        isGone = true;
        continue;
      }
      throw failure('CommandFailed', `${branch} was deleted and not merged into ${settings.branch}: it was declined`);
    }
    if (performance.now() - since > input.progressDeadlineSeconds * 1000) {
      throw failure(
        'CommandFailed',
        `${asked}, and nobody has for ${input.progressDeadlineSeconds} s: merge it and deploy again, or set a longer progress_deadline of the environment`,
      );
    }
    await pause(pollMs, context.signal);
  }
}

/** A server of Git tells nobody when something changes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

export function placeOf({ plan, ref, watched }: Session, settings: GitOpsSettings): ImagePlace {
  const values = { app: ref.app.name, environment: ref.environment, namespace: watched.namespace };
  return {
    app: ref.app.name,
    workload: plan.workload,
    container: plan.container,
    image: plan.image,
    path: settings.path.replace(
      /\{\{\s*(app|environment|namespace)\s*\}\}/g,
      (_, name: keyof typeof values) => values[name],
    ),
    imagePath: settings.image_path ?? null,
  };
}

/** `framework0/<app>/<environment>/<release>`, as far as names of branches allow it. */
export function branchOf({ app, environment, release }: Pick<ReleaseRef, 'app' | 'environment' | 'release'>): string {
  const parts = [app.name, environment, release].map((part) => part.replace(/\.(?=\.|$|lock$)/g, '-'));
  return ['framework0', ...parts].join('/');
}

function titleOf({ app, release, environment }: ReleaseRef): string {
  return `${app.name} ${release} in ${environment}`;
}

function messageOf(ref: ReleaseRef): string {
  const trailers = { Release: ref.release, Environment: ref.environment, Digest: ref.digest, Workflow: runOf(ref) };
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}`);
  return `${titleOf(ref)}\n\n${lines.join('\n')}\n`;
}
