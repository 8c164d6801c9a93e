import type { SecretProvider } from './port';

/** Secrets in the worker's environment variables. */
export function createEnvironmentSecrets(env: Readonly<Record<string, string | undefined>>): SecretProvider {
  return {
    place: "the worker's environment",
    read: async (name) => (Object.hasOwn(env, name) ? (env[name] ?? null) : null),
    names: async () => Object.keys(env),
  };
}
