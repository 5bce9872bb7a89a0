import { type Authenticator, allowedBy } from '../../identity/index.ts';

/** Whether a token of any organisation hosted here lets members and auditors look at the ledger; a patient's own token never does. */
export async function mayExplore(
  authenticators: readonly Pick<Authenticator, 'authenticate'>[],
  authorization: string | undefined,
): Promise<boolean> {
  for (const authenticator of authenticators) {
    try {
      const { kind, scopes } = await authenticator.authenticate(authorization);
      const allowed = allowedBy(scopes, 'AuditEvent', 'r');
      if (kind !== 'patient' && (allowed?.system === true || allowed?.user === true)) return true;
    } catch {
      // Not a token of this organisation: another one may know it.
    }
  }
  return false;
}
