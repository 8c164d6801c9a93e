import type { AppState, ReleaseState } from '../../../src/embedded/cluster/state';

/** A release with two replicas, as it was asked for. */
export function aRelease(name: string, more: Partial<ReleaseState> = {}): ReleaseState {
  return {
    release: name,
    digest: `sha256:${name}`,
    folder: '/nowhere',
    start: 'start',
    healthPath: '/',
    env: {},
    startSeconds: 10,
    generation: 'g1',
    replicas: 2,
    desired: 2,
    ...more,
  };
}

/** An app in which nothing serves, unless told so. */
export function anApp(releases: ReleaseState[], more: Partial<AppState> = {}): AppState {
  return {
    key: { namespace: 'n', environment: 'e', app: 'a' },
    host: '127.0.0.1',
    port: 1,
    portFixed: false,
    drainSeconds: 1,
    notices: [],
    stable: null,
    synthetic: null,
    weights: [],
    rollingTo: null,
    releases,
    replicas: [],
    ...more,
  };
}
