import { createContext, useContext, useMemo } from 'react';
import { type ConsoleRole, consoleRoles, type Session } from '../../api';
import { type PageLink, pages } from './pages';

export const SessionContext = createContext<Session | null>(null);

export function useSignedIn(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('a page is shown to nobody: it belongs inside the shell');
  return session;
}

/** Null when the role is enough, else the sentence that says what is missing. The server decides; this only tells early. */
export function useRefusal(needed: ConsoleRole): string | null {
  const role = useRole();
  return includes(role, needed) ? null : `You are signed in as ${role}; this needs the role ${needed}.`;
}

/** The pages that are of use to who is signed in. */
export function usePages(): readonly PageLink[] {
  const role = useRole();
  return useMemo(() => pages.filter(({ needs }) => needs === undefined || includes(role, needs)), [role]);
}

function useRole(): ConsoleRole {
  return useSignedIn().user?.role ?? 'viewer';
}

const includes = (role: ConsoleRole, needed: ConsoleRole): boolean =>
  consoleRoles.indexOf(role) >= consoleRoles.indexOf(needed);
