import { failure } from '../../contracts/errors';
import { nearestName } from '../../definition/nearest-name';
import { createEnvironmentSecrets } from './environment';
import { createFileSecrets } from './file';
import type { SecretProvider, SecretResolver } from './port';

export interface SecretResolverOptions {
  /** What `secret://env/NAME` reads: the worker's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `secret://file/name` looks, one file a secret; null: no such folder is set up. */
  readonly folder: string | null;
}

const prefix = 'secret://';

/** True for text that names a secret instead of holding a value. */
export function isSecretReference(text: string): boolean {
  return text.startsWith(prefix);
}

export function createSecretResolver(options: SecretResolverOptions): SecretResolver {
  const providers: Readonly<Record<string, SecretProvider>> = {
    env: createEnvironmentSecrets(options.env),
    file: createFileSecrets(options.folder),
  };
  return {
    async resolve(reference) {
      const match = /^secret:\/\/([^/]*)\/(.+)$/.exec(reference);
      if (!match) {
        // What was given is not shown: somebody may have pasted the secret itself.
        throw failure('InvalidInput', 'a secret must be given as secret://provider/name, and what was given is not');
      }
      const [, providerName = '', name = ''] = match;
      const provider = Object.hasOwn(providers, providerName) ? providers[providerName] : undefined;
      if (!provider) {
        const known = Object.keys(providers);
        const hint = nearestName(providerName, known);
        throw failure(
          'InvalidInput',
          `${reference}: there is no secret provider "${providerName}"; there are ${known.join(', ')}${hint ? `. Did you mean "${hint}"?` : ''}`,
        );
      }
      const value = await provider.read(name);
      if (value === null) {
        const hint = nearestName(name, await provider.names());
        throw failure(
          'NotFound',
          `${reference}: ${provider.place} has no secret "${name}"${hint ? `. Did you mean "${hint}"?` : ''}`,
        );
      }
      if (value === '') throw failure('InvalidInput', `${reference}: the secret in ${provider.place} is empty`);
      return value;
    },
  };
}
