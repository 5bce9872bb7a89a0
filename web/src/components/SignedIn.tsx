import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSessionControl, type View } from '../session/session.ts';

/** Shows what is below to signed-in people of a role; everybody else goes to the sign-in page. */
export function SignedIn({ as, children }: { as: View | 'anybody'; children: ReactNode }) {
  const { session } = useSessionControl();
  const shown = as === 'anybody' ? session?.isOwnAccount : session?.has(as);
  return shown ? children : <Navigate to="/" />;
}
