import type { Session } from '../session/session.ts';
import { json } from './http.ts';

/** A record that was opened in an emergency. */
export interface EmergencyAccess {
  id: string;
  patient: string;
  reason: string;
  opened: string;
  until: string;
  /** The view of the ledger was older than it may be. */
  stale: boolean;
  status: 'to-review' | 'reviewed';
  /** Gone once the patient is erased. */
  facts?: {
    breaker: { name: string; affiliation: string; person: string };
    discloser: string;
    text: string;
    review?: { outcome: string; note: string };
  };
}

/** Emergency accesses at the officer's organisation, newest first. */
export async function fetchEmergencies(session: Session): Promise<EmergencyAccess[]> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/audit/break-glass`;
  return (await json<{ accesses: EmergencyAccess[] }>(path, { token })).accesses;
}

/** Notes what came of looking into one. */
export async function reviewEmergency(
  session: Session,
  { id, outcome, note }: { id: string; outcome: 'justified' | 'violation'; note: string },
): Promise<void> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/audit/break-glass/${id}/review`;
  await json(path, { token, method: 'POST', body: { outcome, note } });
}
