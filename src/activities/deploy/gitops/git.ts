import { pathToFileURL } from 'node:url';
import { failure } from '../../../contracts/errors';
import type { GitOpsSettings } from '../../../definition/schema/gitops';
import { createRedactor } from '../../secrets';
import type { DeployContext } from '../port';
import { gitFailure } from './git-errors';

export interface GitOptions {
  /** The folder that it works in. */
  readonly folder: string;
  readonly settings: Pick<GitOpsSettings, 'repository' | 'branch' | 'author'>;
  /** `token` or `user:token`; null: what the worker's own git is set up with. */
  readonly credentials: string | null;
  readonly context: DeployContext;
}

/** A shallow fetch takes seconds; minutes are a server that does not answer. */
const timeoutMs = 180_000;
/** Temporal gives up on a worker that says nothing for 30 s. */
const beatMs = 5_000;
/** Of the worker's environment: how to find programs, keys, proxies and certificate authorities, and nothing else. */
const inherited =
  /^(PATH|HOME|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|GIT_SSH_COMMAND|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY)$/;

/** What Git hands to us instead of asking a person: the variables are read by its shell, and so in no argument. */
const helper = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$F0_GIT_USER" "$F0_GIT_TOKEN"; }; f';

/** The `git` command in one folder, for one repository. Its errors are ours, without the token. */
export class Git {
  /** As Git is told it: a path would be copied instead of fetched. */
  readonly remote: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly redact: (text: string) => string;

  constructor(private readonly options: GitOptions) {
    const { repository } = options.settings;
    this.remote = repository.startsWith('/') ? pathToFileURL(repository).href : repository;
    this.env = { ...environment(options.settings), ...credentialsOf(options.credentials, this.remote) };
    const { F0_GIT_TOKEN = '' } = this.env;
    this.redact = createRedactor([options.credentials ?? '', F0_GIT_TOKEN].filter((one) => one !== '')).redact;
  }

  /** What it printed. */
  async run(...args: readonly string[]): Promise<string> {
    const result = await this.attempt(...args);
    if (result.ok) return result.stdout;
    throw this.failure(result.stderr);
  }

  /** The same, where a failure is an answer. */
  async attempt(...args: readonly string[]): Promise<{ readonly ok: boolean; stdout: string; stderr: string }> {
    const { execa } = await import('execa');
    const { folder, context, settings } = this.options;
    context.signal.throwIfAborted();
    const beat = setInterval(() => context.progress(`git ${args[0]}, ${settings.repository}`), beatMs);
    const result = await execa('git', args, {
      cwd: folder,
      env: this.env,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: timeoutMs,
      cancelSignal: context.signal,
    });
    clearInterval(beat);
    context.signal.throwIfAborted();
    if (result.code === 'ENOENT') {
      throw failure('InvalidInput', 'this worker has no `git`, which the gitops of a cluster needs: install it');
    }
    if (result.timedOut) {
      throw failure('Timeout', `${settings.repository} did not answer for ${timeoutMs / 1000} s`);
    }
    return { ok: !result.failed, stdout: this.redact(result.stdout), stderr: this.redact(result.stderr) };
  }

  failure(stderr: string) {
    return gitFailure(stderr, this.options.settings);
  }
}

function environment({ author }: GitOptions['settings']): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    inherited.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(own),
    // Messages are told apart by their words.
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    ...config(ownConfig),
  };
}

/** Files stay byte for byte; nothing goes on in the background of a folder that is soon removed; no hook of a template runs. */
const ownConfig = [
  ['core.autocrlf', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
] as const;

function credentialsOf(credentials: string | null, remote: string): Record<string, string> {
  if (credentials === null) return {};
  const [user, token] = credentials.includes(':') ? split(credentials) : ['git', credentials];
  // The empty one takes away those of the machine; only this server is given the token, wherever it redirects to.
  const key = `credential.${new URL(remote).origin}.helper`;
  return {
    F0_GIT_USER: user,
    F0_GIT_TOKEN: token,
    ...config([...ownConfig, ['credential.helper', ''], [key, ''], [key, helper]]),
  };
}

function split(credentials: string): readonly [string, string] {
  const at = credentials.indexOf(':');
  return [credentials.slice(0, at), credentials.slice(at + 1)];
}

function config(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(pairs) };
}
