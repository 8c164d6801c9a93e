import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAlerts, useApprovals } from '../api/queries';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icons';
import type { PageLink } from './pages';
import { usePages } from './session';

/** As many as a thumb reaches. */
const onPhone = 4;

/** What waits for somebody, by page. */
function useCounts(): Readonly<Record<string, { readonly count: number; readonly what: string }>> {
  const approvals = useApprovals().data?.approvals.length ?? 0;
  const firing = useAlerts().data?.alerts.filter(({ state, mutedBy }) => state === 'firing' && mutedBy === null) ?? [];
  return {
    '/approvals': { count: approvals, what: 'waiting' },
    '/alerts': { count: firing.length, what: 'firing' },
  };
}

function isCurrent(path: string, location: string): boolean {
  if (path === '/') return location === '/';
  return location.startsWith(path) || (path === '/pipelines' && location.startsWith('/runs/'));
}

function PageAnchor({ page, onClick }: { readonly page: PageLink; readonly onClick?: () => void }) {
  const [location] = useLocation();
  const badge = useCounts()[page.path];
  return (
    <Link
      href={page.path}
      className="nav-link"
      {...(isCurrent(page.path, location) ? { 'aria-current': 'page' as const } : {})}
      {...(onClick ? { onClick } : {})}
    >
      <Icon name={page.icon} />
      <span>{page.title}</span>
      {badge && badge.count > 0 ? (
        <span className={`nav-count ${badge.what}`}>
          {badge.count} <span className="sr-only">{badge.what}</span>
        </span>
      ) : null}
    </Link>
  );
}

export function Navigation() {
  const [more, setMore] = useState(false);
  const pages = usePages();
  return (
    <nav className="nav" aria-label="Pages">
      <ul>
        {pages.map((page, index) => (
          <li key={page.path} className={index < onPhone ? '' : 'not-on-phone'}>
            <PageAnchor page={page} />
          </li>
        ))}
        <li className="only-on-phone">
          <button type="button" className="nav-link" onClick={() => setMore(true)} aria-haspopup="dialog">
            <Icon name="more" />
            <span>More</span>
          </button>
        </li>
      </ul>
      {more ? (
        <Dialog title="More pages" variant="drawer" onClose={() => setMore(false)}>
          <ul className="drawer-links">
            {pages.slice(onPhone).map((page) => (
              <li key={page.path}>
                <PageAnchor page={page} onClick={() => setMore(false)} />
              </li>
            ))}
          </ul>
        </Dialog>
      ) : null}
    </nav>
  );
}
