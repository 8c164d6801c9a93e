import type { ConsoleRole } from '../../api';
import type { IconName } from '../parts/icons';

export interface PageLink {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** After `g`. */
  readonly key: string;
  /** Left out: everybody may see it. */
  readonly needs?: ConsoleRole;
}

/** In the order of the navigation; a phone shows the first four, the others behind "More". */
export const pages: readonly PageLink[] = [
  { path: '/', title: 'Estate', icon: 'estate', key: 'e' },
  { path: '/pipelines', title: 'Pipelines', icon: 'pipelines', key: 'p' },
  { path: '/approvals', title: 'Approvals', icon: 'approvals', key: 'a' },
  { path: '/alerts', title: 'Alerts', icon: 'alerts', key: 'l' },
  { path: '/executive', title: 'Executive', icon: 'executive', key: 'x' },
  { path: '/audit', title: 'Audit', icon: 'audit', key: 'u' },
  { path: '/plan', title: 'Plan', icon: 'plan', key: 'n' },
  { path: '/tokens', title: 'Tokens', icon: 'key', key: 't', needs: 'admin' },
];

/** A run's page: its id is `pipeline/<namespace>/<name>/<release>`, each part may be any text. */
export function runHref(workflowId: string): string {
  return `/runs/${workflowId.split('/').map(encodeURIComponent).join('/')}`;
}

export function runIdOf(pathname: string): string {
  return pathname
    .replace(/^\/runs\//, '')
    .split('/')
    .map(decodeURIComponent)
    .join('/');
}
