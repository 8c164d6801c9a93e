import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SignMessage } from '../client';
import { readSigningKey } from '../client/signing-key-file';
import { remoteSigner } from '../console/api-client';
import { homeOf } from '../embedded/home';
import { localUser, osClaims } from '../embedded/local-user';
import { runningSystem } from '../embedded/system-state';
import { identityOf } from './identity';
import type { CliIo } from './io';

export interface SigningOptions {
  readonly as?: string;
  readonly home?: string;
  readonly key?: string;
  readonly keyId?: string;
}

/** `--key` and `--key-id`, of the verbs that let a release go on. */
export function addSigningOptions(command: Command): Command {
  return command
    .option('--key <file>', 'sign with this private key, PEM (default: F0_SIGNING_KEY_FILE, else the running system)')
    .option('--key-id <id>', 'what the platform calls the key (default: F0_SIGNING_KEY_ID, else made from the key)');
}

/**
 * What signs for who acts, where the run asks for it: a key of theirs, else the running system of this home, which
 * answers for the user of this machine and for nobody else.
 */
export function signerOf(options: SigningOptions, { env, cwd }: CliIo): SignMessage | undefined {
  const { name } = identityOf(options.as, env);
  const file = options.key ?? env.F0_SIGNING_KEY_FILE;
  if (file) {
    const { sub } = osClaims(env);
    // Who holds the key answers for the name; whose account it was is on record too.
    return readSigningKey(resolve(cwd, file), options.keyId ?? env.F0_SIGNING_KEY_ID).as({ iss: 'cli', sub, name });
  }
  const system = name === localUser(env) ? runningSystem(homeOf(env, options.home)) : null;
  return system ? remoteSigner(system.api) : undefined;
}
