import type { Session } from '../session/session.ts';
import { json } from './http.ts';
import type { Resource } from './record.ts';

/** One access to the patient's data, in words. */
export interface Access {
  key: string;
  time: string;
  organisation: string;
  who: string;
  what: string;
  purpose: string;
  outcome: 'allowed' | 'refused';
}

/** Entries fetched of each organisation: the newest. */
const COUNT = 50; // what a person reads in one sitting

interface Coding {
  code?: string;
  display?: string;
}
interface AuditEvent extends Resource {
  recorded?: string;
  outcome?: string;
  subtype?: Coding[];
  purposeOfEvent?: { coding?: Coding[] }[];
  agent?: { requestor?: boolean; who?: { reference?: string; display?: string; identifier?: { value?: string } } }[];
}

const PURPOSES: Record<string, string> = {
  TREAT: 'treatment',
  HPAYMT: 'payment',
  HOPERAT: 'operations',
  HRESCH: 'research',
  PATRQT: "the patient's own request",
};

const WORDS: Record<string, string> = {
  read: 'read a record',
  vread: 'read an earlier version',
  'search-type': 'searched records',
  search: 'searched records',
  create: 'added a record',
  update: 'changed a record',
  delete: 'deleted a record',
  everything: 'read the whole record',
  'network-everything': 'read the whole record across organisations',
  'history-instance': 'read the history of a record',
  receipt: 'fetched a receipt',
};

function accessOf(event: AuditEvent, organisation: string): Access {
  const requestor = event.agent?.find((agent) => agent.requestor === true) ?? event.agent?.[0];
  const { reference, display, identifier } = requestor?.who ?? {};
  const subtype = event.subtype?.at(-1)?.code ?? event.subtype?.[0]?.code ?? '';
  const purpose = event.purposeOfEvent?.[0]?.coding?.[0]?.code ?? '';
  return {
    key: `${organisation}/${event.id ?? ''}`,
    time: event.recorded ?? '',
    organisation,
    who: display ?? reference ?? identifier?.value ?? 'unknown',
    what: WORDS[subtype] ?? subtype,
    purpose: PURPOSES[purpose] ?? purpose,
    outcome: event.outcome === '0' ? 'allowed' : 'refused',
  };
}

/** Who looked at the signed-in patient's data, newest first, at every organisation that knows them. */
export async function fetchAccessLog(session: Session): Promise<Access[]> {
  const lists = await Promise.all(
    session.records.map(async ({ organisation, patient }) => {
      const token = await session.token(organisation);
      const query = new URLSearchParams({ patient: `Patient/${patient}`, _sort: '-date', _count: String(COUNT) });
      const bundle = await json<{ entry?: { resource: AuditEvent }[] }>(`/orgs/${organisation}/fhir/AuditEvent?${query}`, { token });
      return (bundle.entry ?? []).map(({ resource }) => accessOf(resource, organisation));
    }),
  );
  return lists.flat().sort((a, b) => b.time.localeCompare(a.time));
}
