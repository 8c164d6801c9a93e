import { z } from 'zod';
import { type FaultParams, secretReference } from './scalars';

const oneLine = z.string().regex(/^[^<>\r\n]+$/, { error: 'must be text of one line, without "<" and ">"' });

/** How a cluster is deployed to by commits, where Argo CD or Flux bring to it what a Git repository says. */
export const gitops = z
  .strictObject({
    repository: z
      .string()
      .regex(/^(https?:\/\/|ssh:\/\/|file:\/\/|\/|[\w.-]+@[\w.-]+:)\S+$/, {
        error:
          'must be a repository such as https://git.example.com/team/apps.git, git@git.example.com:team/apps.git or /srv/git/apps.git',
      })
      .describe('The Git repository that the reader of the cluster follows.'),
    branch: z
      .string()
      .regex(/^(?!.*(\.\.|\/\/|@\{|\.lock(\/|$)))[A-Za-z0-9_][\w./+-]*(?<![./])$/, {
        error: 'must be the name of a branch, such as main',
      })
      .default('main')
      .describe('The branch that the reader follows.'),
    path: z
      .string()
      .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, { error: 'must be a path inside the repository, such as apps/shop' })
      .describe(
        'A folder with a kustomization, a file of Helm values (with image_path), or a file or folder with the Deployment; {{app}}, {{environment}} and {{namespace}} are filled in.',
      ),
    image_path: z
      .string()
      .regex(/^[^.\s]+(\.[^.\s]+)*$/, { error: 'must be the path of a field, such as image.digest' })
      .optional()
      .describe('Where a file of Helm values has the digest, such as image.digest.'),
    mode: z
      .enum(['commit', 'pull_request'])
      .default('commit')
      .describe('commit: to the branch itself; pull_request: a branch of its own is pushed, and people merge it.'),
    rollback: z
      .enum(['commit', 'pull_request'])
      .default('commit')
      .describe(
        'How a release goes back: commit, to the branch itself, whatever mode says; pull_request: people have to merge that too.',
      ),
    author: z
      .strictObject({ name: oneLine, email: oneLine })
      .default({ name: 'Framework0', email: 'framework0@localhost' })
      .describe('Whose the commits are.'),
    secret: secretReference
      .optional()
      .describe('A reference such as secret://env/NAME: a token, or user:token, for a repository at https://.'),
  })
  .superRefine(({ repository, secret, mode, rollback }, context) => {
    const tell = (path: string, message: string, expected: string) => {
      const params: FaultParams = { expected, suggestion: null };
      context.addIssue({ code: 'custom', path: [path], message, params: { ...params } });
    };
    if (mode === 'commit' && rollback === 'pull_request') {
      tell(
        'rollback',
        'would have a way back wait for people where the way there does not',
        'commit, or mode: pull_request',
      );
    }
    const url = /^https?:/.test(repository) ? parseUrl(repository) : null;
    if (/^https?:/.test(repository) && !url) tell('repository', 'is no address', 'https://host/path');
    if (url && (url.username || url.password)) {
      tell('repository', 'has a user or password in it, which has no place in a document', 'secret: secret://env/NAME');
    }
    if (secret === undefined) return;
    const isLoopback = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    if (url?.protocol !== 'https:' && !isLoopback) {
      tell('secret', 'would be sent in the clear, or to nobody', 'a repository at https://, or no secret');
    }
  })
  .describe('Deploys by commits to a Git repository that Argo CD or Flux bring to the cluster.');

export type GitOpsSettings = z.infer<typeof gitops>;

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
