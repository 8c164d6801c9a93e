export type { SecretProvider, SecretResolver } from './port';
export { createRedactor, type Redactor } from './redactor';
export { createSecretResolver, isSecretReference, type SecretResolverOptions } from './resolver';
export { createSystemSecrets, type SystemSecrets } from './system-secrets';
