import { createContext, useContext } from 'react';
import { type ConsoleRole, consoleRoles, type Session } from '../../api';

export const SessionContext = createContext<Session | null>(null);

export function useSignedIn(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('a page is shown to nobody: it belongs inside the shell');
  return session;
}

/** Null when the role is enough, else the sentence that says what is missing. The server decides; this only tells early. */
export function useRefusal(needed: ConsoleRole): string | null {
  const role = useSignedIn().user?.role ?? 'viewer';
  if (consoleRoles.indexOf(role) >= consoleRoles.indexOf(needed)) return null;
  return `You are signed in as ${role}; this needs the role ${needed}.`;
}
