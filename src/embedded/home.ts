import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the embedded system keeps what it knows. Each folder is made by who writes into it. */
export interface Home {
  readonly root: string;
  readonly database: string;
  readonly temporal: string;
  readonly artifacts: string;
  readonly logs: string;
  readonly cluster: string;
  /** Who runs, and where it answers; for the owner's eyes only, it holds the API's token. */
  readonly systemFile: string;
  /** What the running system signs decisions with; for the owner's eyes only. */
  readonly signingKeyFile: string;
  /** Who signs in to the console by a password. */
  readonly usersFile: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The state folder: `--home`, else F0_HOME, else the platform's place for state. */
export function homeOf(env: Env, override?: string): Home {
  const state = env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const root = resolve(override || env.F0_HOME || join(state, 'framework0'));
  return {
    root,
    database: join(root, 'database'),
    temporal: join(root, 'temporal'),
    artifacts: join(root, 'artifacts'),
    logs: join(root, 'logs'),
    cluster: join(root, 'cluster'),
    systemFile: join(root, 'system.json'),
    signingKeyFile: join(root, 'signing-key.pem'),
    usersFile: join(root, 'console-users.json'),
  };
}

/** Where downloads are kept: they can be had again, so it is apart from the state. */
export function cacheOf(env: Env): string {
  return resolve(env.F0_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'framework0'));
}
