import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Persona } from '../api/network.ts';
import { Session, SessionContext } from './session.ts';

const STORED = 'holdfast-persona';

/** The persona of this tab, so that a reload does not sign out; no token is stored. */
function storedSession(): Session | undefined {
  const stored = sessionStorage.getItem(STORED);
  return stored === null ? undefined : new Session(JSON.parse(stored) as Persona);
}

/** Gives the pages below it the session; what was fetched for one persona is forgotten for the next. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | undefined>(storedSession);
  const queries = useQueryClient();
  const begin = useCallback(
    (persona: Persona) => {
      queries.clear();
      sessionStorage.setItem(STORED, JSON.stringify(persona));
      setSession(new Session(persona));
    },
    [queries],
  );
  const enter = useCallback(
    (entered: Session) => {
      queries.clear();
      setSession(entered);
    },
    [queries],
  );
  const end = useCallback(() => {
    queries.clear();
    sessionStorage.removeItem(STORED);
    setSession(undefined);
  }, [queries]);
  const control = useMemo(() => ({ session, begin, enter, end }), [session, begin, enter, end]);
  return <SessionContext value={control}>{children}</SessionContext>;
}
