import type { Session } from '../session/session.ts';
import { json } from './http.ts';

/** One release of the patient's data to somebody outside the organisation (45 CFR 164.528(b)(2)). */
export interface Disclosure {
  /** Whose accounting it stands in. */
  organisation: string;
  date: string;
  name: string;
  address?: string;
  description: string;
  purpose: { display: string }[];
  event: string;
  /** The paragraph that would leave it out of an accounting that gives only what must be given. */
  exclusion?: string;
}

interface Accounting {
  disclosures: Omit<Disclosure, 'organisation'>[];
  excluded: Omit<Disclosure, 'organisation'>[];
}

/** The accountings of every organisation that knows the signed-in patient, newest first. */
export async function fetchDisclosures(session: Session): Promise<Disclosure[]> {
  const lists = await Promise.all(
    session.records.map(async ({ organisation, patient }) => {
      const token = await session.token(organisation);
      const query = new URLSearchParams({ patient });
      const path = `/orgs/${organisation}/audit/disclosures?${query}`;
      const { disclosures, excluded } = await json<Accounting>(path, { token });
      return [...disclosures, ...excluded].map((each) => ({ ...each, organisation }));
    }),
  );
  return lists.flat().sort((a, b) => b.date.localeCompare(a.date));
}

/** An unusual access, with the reason. */
export interface Flag {
  id: string;
  rule: string;
  reason: string;
  agent: string;
  patient: string;
  time: string;
  review?: { outcome: string; note: string };
}

/** Flags of the officer's organisation, newest first. */
export async function fetchFlags(session: Session): Promise<Flag[]> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  return (await json<{ flags: Flag[] }>(`/orgs/${organisation}/audit/flags`, { token })).flags;
}

/** Notes what came of looking into a flag. */
export async function reviewFlag(
  session: Session,
  { id, outcome, note }: { id: string; outcome: 'justified' | 'violation'; note: string },
): Promise<void> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/audit/flags/${id}/review`;
  await json(path, { token, method: 'POST', body: { outcome, note } });
}
