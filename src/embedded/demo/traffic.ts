import type { LoadRequest, TrafficMix } from '../load';

/** How an environment of the demo is used. */
export interface DemoTraffic {
  readonly users: number;
  readonly thinkTimeMs: number;
  readonly mix: TrafficMix;
}

const browsing: readonly LoadRequest[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/products' },
  { method: 'GET', path: '/search?q=tea' },
  { method: 'GET', path: '/products' },
  checkout(2),
];

/** A few testers with small carts. */
export const stagingTraffic: DemoTraffic = {
  users: 2,
  thinkTimeMs: 50,
  mix: browse,
};

/** Customers; every 20th request (5 %) is the checkout of a cart with more than 8 articles. */
export const productionTraffic: DemoTraffic = {
  users: 24,
  thinkTimeMs: 200,
  mix: (index) => (index % 20 === 13 ? checkout(9 + (index % 7)) : browse(index)),
};

function browse(index: number): LoadRequest {
  return browsing[index % browsing.length] ?? { method: 'GET', path: '/' };
}

function checkout(articles: number): LoadRequest {
  return {
    method: 'POST',
    path: '/checkout',
    body: { items: Array.from({ length: articles }, () => ({ sku: 'mug' })) },
  };
}
