import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSessionControl } from '../session/session.ts';

/** Shows what is below to a signed-in person of a role; everybody else goes to the sign-in page. */
export function SignedIn({ role, children }: { role: string; children: ReactNode }) {
  const { session } = useSessionControl();
  return session?.persona.role === role ? children : <Navigate to="/" />;
}
