export const defaultDatadogSite = 'datadoghq.com';

const nerdGraph = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
} as const;

/** @default datadoghq.com */
export function datadogAddress(site: string = defaultDatadogSite): string {
  return `https://api.${site}`;
}

/** Of NerdGraph, New Relic's API. @default us */
export function newRelicAddress(region: keyof typeof nerdGraph = 'us'): string {
  return nerdGraph[region];
}
