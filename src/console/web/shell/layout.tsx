import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useSignOut } from '../api/commands';
import { useConnection } from '../api/live';
import { Icon } from '../parts/icons';
import { Mark } from './mark';
import { Navigation } from './navigation';
import { pages } from './pages';
import { useSignedIn } from './session';
import { Shortcuts } from './shortcuts';
import { chooseTheme, nextTheme, useTheme } from './theme';

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const;
const connectionWords = { connecting: 'connecting', live: 'live', lost: 'connection lost, trying again' } as const;

export function Layout({ children }: { readonly children: ReactNode }) {
  const [shortcuts, setShortcuts] = useState(false);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <div className="shell">
        <header className="rail">
          <Link href="/" className="brand" aria-label="Framework0, to the estate">
            <Mark />
            <span>Framework0</span>
          </Link>
          <Navigation />
          <RailFoot openShortcuts={() => setShortcuts(true)} />
        </header>
        <Main>{children}</Main>
      </div>
      <Shortcuts open={shortcuts} setOpen={setShortcuts} />
    </>
  );
}

/** A new page takes the focus, so that readers hear it and Tab goes on from its top. */
function Main({ children }: { readonly children: ReactNode }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);
  useEffect(() => {
    const page = pages.find(({ path }) => path === location)?.title ?? 'Run';
    document.title = `${page} · Framework0`;
    if (shown.current === location) return;
    shown.current = location;
    window.scrollTo(0, 0);
    main.current?.focus();
  }, [location]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      <ConnectionNotice />
      {children}
    </main>
  );
}

function ConnectionNotice() {
  const lost = useConnection() === 'lost';
  return (
    <div aria-live="polite" className="connection-notice">
      {lost ? (
        <p className="notice tone-wait">
          <Icon name="degraded" />
          <span>
            <strong>The connection is lost.</strong> What you see may be old; it is asked for again as soon as the
            console answers.
          </span>
        </p>
      ) : null}
    </div>
  );
}

function RailFoot({ openShortcuts }: { readonly openShortcuts: () => void }) {
  const { user, version } = useSignedIn();
  const signOut = useSignOut();
  const theme = useTheme();
  const connection = useConnection();
  return (
    <div className="rail-foot">
      <p className={`connection ${connection}`} title={`Framework0 ${version}`}>
        <span className="connection-dot" aria-hidden="true" />
        <span>{connectionWords[connection]}</span>
      </p>
      <p className="who" title={user?.name}>
        <Icon name="person" />
        <span className="clip">{user?.displayName}</span>
        <span className="faint">{user?.role}</span>
      </p>
      <div className="row rail-buttons">
        <button
          type="button"
          className="button quiet icon-button"
          aria-label={`Theme: ${theme}. Change to ${nextTheme(theme)}`}
          title={`Theme: ${theme}`}
          onClick={() => chooseTheme(nextTheme(theme))}
        >
          <Icon name={themeIcons[theme]} />
        </button>
        <button
          type="button"
          className="button quiet icon-button not-on-phone"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={openShortcuts}
        >
          <Icon name="keyboard" />
        </button>
        <button
          type="button"
          className="button quiet icon-button"
          aria-label="Sign out"
          title="Sign out"
          onClick={() => signOut.mutate()}
        >
          <Icon name="out" />
        </button>
      </div>
    </div>
  );
}
