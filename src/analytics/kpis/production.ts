/**
 * Whether an environment is production where the platform does not say: by its name, as GitLab guesses the tier
 * (https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments), but `pre-prod` and `nonprod` are not.
 */
export function isProductionName(environment: string): boolean {
  const words = environment.toLowerCase().split(/[^a-z0-9]+/);
  const isBefore = words.some((word) => ['pre', 'non', 'not', 'staging', 'test', 'dev'].includes(word));
  return !isBefore && words.some((word) => ['production', 'prod', 'prd', 'live'].includes(word));
}
