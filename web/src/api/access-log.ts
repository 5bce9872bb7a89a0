import type { Session } from '../session/session.ts';
import { doneWords, purposesWords } from './access-words.ts';
import { json } from './http.ts';
import type { Resource } from './record.ts';

/** Who asked: the patient, a person or program of the organisation that was asked, or another organisation. */
export interface Asker {
  kind: 'self' | 'representative' | 'staff' | 'program' | 'organisation' | 'unknown';
  /** Reference, client id or organisation id; empty for nobody known. */
  value: string;
}

/** One access to the patient's data. */
export interface Access {
  key: string;
  time: string;
  /** Whose log it stands in. */
  organisation: string;
  asker: Asker;
  what: string;
  /** In words; empty when none was given. */
  purpose: string;
  allowed: boolean;
}

/** Entries fetched of each organisation: the newest. */
const COUNT = 100; // what a person reads in one sitting

interface Coding {
  code?: string;
}
interface Who {
  reference?: string;
  identifier?: { system?: string; value?: string };
}
interface AuditEvent extends Resource {
  recorded?: string;
  outcome?: string;
  subtype?: Coding[];
  purposeOfEvent?: { coding?: Coding[] }[];
  agent?: { requestor?: boolean; who?: Who }[];
}

/** A release to another organisation, whatever it was asked by (IHE BALP). */
const DISCLOSED = 'was given the record';

function askerOf(who: Who | undefined, patient: string): Asker {
  const { reference, identifier } = who ?? {};
  const value = identifier?.value ?? '';
  if (reference === `Patient/${patient}`) return { kind: 'self', value: reference };
  if (reference !== undefined && /^(RelatedPerson|Person)\//.test(reference))
    return { kind: 'representative', value: reference };
  if (reference !== undefined) return { kind: 'staff', value: reference };
  if (identifier?.system === 'urn:holdfast:organisation') return { kind: 'organisation', value };
  if (identifier?.system === 'urn:holdfast:client') return { kind: 'program', value };
  return identifier?.system === 'urn:holdfast:user'
    ? { kind: 'staff', value }
    : { kind: 'unknown', value: '' };
}

function accessOf(event: AuditEvent, organisation: string, patient: string): Access {
  const requestor = event.agent?.find((agent) => agent.requestor === true) ?? event.agent?.[0];
  const subtype = event.subtype?.at(-1)?.code ?? '';
  const isDisclosure = event.subtype?.some(({ code }) => code === 'disclose') === true;
  const purposes = (event.purposeOfEvent ?? []).flatMap(({ coding = [] }) =>
    coding.map(({ code = '' }) => code),
  );
  return {
    key: `${organisation}/${event.id ?? ''}`,
    time: event.recorded ?? '',
    organisation,
    asker: askerOf(requestor?.who, patient),
    what: isDisclosure
      ? DISCLOSED
      : (doneWords(subtype) ?? `made a request (${subtype.replaceAll('-', ' ')})`),
    purpose: purposesWords(purposes),
    allowed: event.outcome === '0',
  };
}

/** Who looked at the signed-in patient's data, newest first, at every organisation that knows them. */
export async function fetchAccessLog(session: Session): Promise<Access[]> {
  const lists = await Promise.all(
    session.records.map(async ({ organisation, patient }) => {
      const token = await session.token(organisation);
      const query = new URLSearchParams({
        patient: `Patient/${patient}`,
        _sort: '-date',
        _count: String(COUNT),
      });
      const path = `/orgs/${organisation}/fhir/AuditEvent?${query}`;
      const { entry = [] } = await json<{ entry?: { resource: AuditEvent }[] }>(path, { token });
      return entry.map(({ resource }) => accessOf(resource, organisation, patient));
    }),
  );
  return lists.flat().sort((a, b) => b.time.localeCompare(a.time));
}
