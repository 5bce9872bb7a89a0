import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { fetchAccount, finishSignIn } from '../api/sign-in.ts';
import { Refused, Waiting } from '../components/Status.tsx';
import { Session, useSessionControl } from '../session/session.ts';

const HOMES: Record<string, '/patient' | '/administration' | '/compliance/flags' | '/account'> = {
  patient: '/patient',
  administrator: '/administration',
  compliance: '/compliance/flags',
};

/** Where the authorisation server sends people back to: finishes the sign-in and leads to their first page. */
export function SignedInPage() {
  const { enter } = useSessionControl();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  const begun = useRef(false);
  useEffect(() => {
    // A code is good once: a second run of this effect must not use it again.
    if (begun.current) return;
    begun.current = true;
    const finish = async () => {
      const signedIn = await finishSignIn(window.location.search);
      const account = await fetchAccount(signedIn.organisation, signedIn.token);
      const session = Session.ofAccount(account, signedIn);
      enter(session);
      const home = session.isForEmergencies ? '/care/emergency' : HOMES[session.persona.role];
      await navigate({ to: home ?? '/account', replace: true });
    };
    finish().catch(setError);
  }, [enter, navigate]);
  return error === undefined ? (
    <Waiting what="Signing you in" />
  ) : (
    <Refused title="You are not signed in" error={error} />
  );
}
