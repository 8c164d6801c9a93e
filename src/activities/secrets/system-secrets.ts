import { failure } from '../../contracts/errors';
import type { SecretResolver } from './port';
import { createSecretResolver, type SecretResolverOptions } from './resolver';

/** The secrets of one process, by who names them. */
export interface SystemSecrets {
  /** For what a document names. */
  readonly ofDocuments: SecretResolver;
  /** For what its operator names, in variables that no document reaches. */
  readonly own: SecretResolver;
}

/**
 * Ours are not for documents to name: `secret://env/F0_ENCRYPTION_KEYS` in a webhook would send the keys away, and whoever
 * has the key that decisions are signed with approves what they like.
 */
export function createSystemSecrets({ env, folder }: SecretResolverOptions): SystemSecrets {
  const named = createSecretResolver({ env: withoutOurs(env), folder });
  return {
    own: createSecretResolver({ env, folder }),
    ofDocuments: {
      resolve: async (reference) => {
        if (reference === env.F0_SIGNING_KEY) {
          throw failure('PermissionDenied', `${reference} is what decisions are signed with: no document may name it`);
        }
        return named.resolve(reference);
      },
    },
  };
}

function withoutOurs(env: SecretResolverOptions['env']): SecretResolverOptions['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(F0|TEMPORAL|OTEL|PG)_|^PG[A-Z]+$|^DATABASE_URL$/.test(name)),
  );
}
