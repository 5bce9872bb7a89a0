import type { Session } from '../session/session.ts';
import { json } from './http.ts';
import type { Resource } from './record.ts';

/** A consent as an organisation lists it (FORMATS §5). */
export interface ConsentRow {
  id: string;
  patient: string;
  status: string;
  sequence: number;
  recordedBy: string;
  time: string;
  resource: Resource;
  custodian: string;
}

/** Every consent of the signed-in patient, at each organisation that holds records of them. */
export async function fetchConsents(session: Session): Promise<ConsentRow[]> {
  const lists = await Promise.all(
    session.records.map(async ({ organisation, patient }) => {
      const token = await session.token(organisation);
      const path = `/orgs/${organisation}/consents?patient=${encodeURIComponent(patient)}`;
      const { consents } = await json<{ consents: Omit<ConsentRow, 'custodian'>[] }>(path, { token });
      return consents.map((consent) => ({ ...consent, custodian: organisation }));
    }),
  );
  return lists.flat().sort((a, b) => b.time.localeCompare(a.time));
}

/** What the node answers to a grant or revocation. */
export interface ConsentReceipt {
  id: string;
  sequence: number;
  status: string;
}

/** Sends a signed grant to the custodian. */
export const sendGrant = (organisation: string, token: string, body: object): Promise<ConsentReceipt> =>
  json(`/orgs/${organisation}/consents`, { method: 'POST', token, body });

/** Sends a signed revocation to any member; it needs no token. */
export const sendRevocation = (
  organisation: string,
  id: string,
  body: { sequence: number; signature: string },
): Promise<ConsentReceipt> => json(`/orgs/${organisation}/consents/${id}/revoke`, { method: 'POST', body });
