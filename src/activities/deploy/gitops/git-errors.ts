import type { ApplicationFailure } from '@temporalio/common';
import { type ErrorCode, failure } from '../../../contracts/errors';
import type { GitOpsSettings } from '../../../definition/schema/gitops';

interface Meaning {
  readonly said: RegExp;
  readonly code: ErrorCode;
  readonly tell: (settings: Named, match: RegExpExecArray) => string;
}

type Named = Pick<GitOpsSettings, 'repository' | 'branch'>;

/** What Git says, and what it means; the first that fits. Git has no codes, and its words have been the same for years. */
const meanings: readonly Meaning[] = [
  {
    said: /couldn't find remote ref|Remote branch .* not found/i,
    code: 'NotFound',
    tell: ({ repository, branch }) =>
      `${repository} has no branch ${branch}: create it, or set branch of the cluster's gitops`,
  },
  {
    said: /Authentication failed|could not read (Username|Password)|Permission denied|Access denied|HTTP 401|error: 401/i,
    code: 'PermissionDenied',
    tell: ({ repository }) => `${repository} does not accept the credentials: correct secret of the cluster's gitops`,
  },
  {
    said: /not found|does not exist|does not appear to be a git repository/i,
    code: 'NotFound',
    tell: ({ repository }) => `there is no repository ${repository}: correct repository of the cluster's gitops`,
  },
  {
    said: /error: 403|HTTP 403|Permission to .* denied|not allowed to push|access rights/i,
    code: 'PermissionDenied',
    tell: ({ repository }) => `the credentials may not do this in ${repository}: grant them to read and to push`,
  },
  {
    said: /\[remote rejected\][^(]*\(([^)]*)\)/i,
    code: 'PermissionDenied',
    tell: ({ repository, branch }, [, reason = '']) =>
      `${repository} refuses the push to ${branch} (${reason}): allow it, or set mode: pull_request of the cluster's gitops`,
  },
  {
    said: /error: 429|HTTP 429/i,
    code: 'RateLimited',
    tell: ({ repository }) => `${repository} was asked too often`,
  },
  {
    said: /Could not resolve host|Failed to connect|Connection (refused|reset|timed out)|error: 5\d\d|HTTP 5\d\d|unable to access/i,
    code: 'Unavailable',
    tell: ({ repository }) => `${repository} does not answer`,
  },
];

/** @param stderr without secrets in it */
export function gitFailure(stderr: string, settings: Named): ApplicationFailure {
  const said = stderr.trim().split('\n').slice(-6).join('\n');
  for (const { said: words, code, tell } of meanings) {
    const match = words.exec(stderr);
    if (!match) continue;
    return failure(code, `${tell(settings, match)}; git said: ${said}`);
  }
  return failure('Unavailable', `git cannot do its work on ${settings.repository}: ${said || 'it says nothing'}`);
}

/** The branch takes what people have merged, and no push: rules of a forge, or a hook of the server. */
export function isProtected(stderr: string): boolean {
  return /\[remote rejected\].*(protected|declined|not allowed|prohibited|rule violations)/i.test(stderr);
}

/** Somebody else was faster: what is there now has to be looked at first. */
export function isOvertaken(stderr: string): boolean {
  return /\[rejected\]|non-fast-forward|fetch first|cannot lock ref|failed to update ref|stale info/i.test(stderr);
}
