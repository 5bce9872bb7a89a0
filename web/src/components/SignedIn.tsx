import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Persona } from '../api/network.ts';
import { useSessionControl } from '../session/session.ts';

/** Shows what is below to signed-in people of a role; everybody else goes to the sign-in page. */
export function SignedIn({ as, children }: { as: Persona['role'] | 'anybody'; children: ReactNode }) {
  const { session } = useSessionControl();
  const shown = as === 'anybody' ? session?.isOwnAccount : session?.persona.role === as;
  return shown ? children : <Navigate to="/" />;
}
