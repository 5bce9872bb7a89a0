import { isRepresentative } from '../../identity/index.ts';
import { purposeWords } from '../accounting/basis.ts';
import { isDisclosure, isMember, purposesIn, recipientIn, type StoredEvent } from '../stored-event.ts';

/** What a request did, by the code of what it was, in words that follow who did it. */
export const DONE_WORDS: Readonly<Record<string, string>> = {
  read: 'read an entry',
  vread: 'read an earlier version of an entry',
  'search-type': 'searched the record',
  create: 'added an entry',
  update: 'changed an entry',
  patch: 'changed an entry',
  delete: 'deleted an entry',
  transaction: 'wrote several entries',
  batch: 'did several things at once',
  import: 'brought in the record',
  everything: 'read the whole record',
  'network-everything': 'asked for the record across organisations',
  locator: 'was told where the record is',
  'history-instance': 'read the history of an entry',
  'history-type': 'read a history of entries',
  'events-delivery': 'was told that entries were written',
  receipt: 'fetched a receipt',
  disclosures: 'looked at the accounting of disclosures',
  accesses: 'looked at this list',
  'audit-export': 'exported the audit trail',
  'consent-list': 'looked at the consents',
  'consent-grant': 'recorded a consent',
  'consent-revoke': 'recorded that a consent was taken back',
  'rights-request': 'recorded a request about the record',
  'rights-requests': 'looked at requests about the record',
  'rights-extend': 'took more time for a request',
  'rights-grant': 'granted a request',
  'rights-deny': 'denied a request',
  'rights-enclose': 'asked that a denial go with later disclosures',
  'rights-disagree': 'recorded a statement of disagreement',
  'rights-rebut': 'answered a statement of disagreement',
  'demo-sign-in': 'signed in',
  'enrol-key': 'enrolled a key',
  'enrolment-code': 'made an enrolment code',
  'read-keys': 'looked at the enrolled keys',
  'retire-key': 'ended an enrolled key',
  'erase-patient': 'erased the record',
  'erase-record': 'erased an entry',
  'merge-patient': 'joined two records',
  'exchange-emergency': 'asked for the record in an emergency',
  'break-glass': 'opened the record in an emergency, without consent',
  'break-glass-queue': 'looked at emergency accesses',
  'review-break-glass': 'looked into an emergency access',
  'unmerge-patient': 'took two joined records apart',
};

/** Who asked. */
export interface Asker {
  readonly kind: 'self' | 'representative' | 'staff' | 'program' | 'organisation' | 'recipient' | 'unknown';
  /** Reference, client id or organisation id; empty for nobody known. */
  readonly value: string;
  readonly name?: string;
}

/** One access to a patient's data, as the patient reads of it. */
export interface Access {
  readonly event: string;
  readonly time: string;
  readonly asker: Asker;
  /** A sentence: who did what for which purpose, and whether it was refused. */
  readonly words: string;
  readonly purposes: readonly string[];
  readonly allowed: boolean;
}

/** An AuditEvent as one patient reads it; undefined when another patient is among those who acted. */
export function accessIn(event: StoredEvent, patient: string): Access | undefined {
  const own = `Patient/${patient}`;
  const actors = event.agent.map(({ who }) => who?.reference ?? '');
  if (actors.some((actor) => actor.startsWith('Patient/') && actor !== own)) return undefined;
  const asker = askerIn(event, own);
  const allowed = event.outcome === '0';
  const purposes = purposesIn(event);
  const what = isDisclosure(event) ? 'was given data of the record' : whatIn(event);
  const why = [...new Set(purposes.map(purposeWords))].join(' or ');
  return {
    event: event.id,
    time: event.recorded,
    asker,
    words: `${subjectOf(asker)} ${what}${why === '' ? '' : `, purpose: ${why}`}${allowed ? '' : ' (refused)'}.`,
    purposes,
    allowed,
  };
}

function whatIn({ subtype = [] }: StoredEvent): string {
  const code = subtype.at(-1)?.code ?? '';
  return DONE_WORDS[code] ?? `made a request (${code.replaceAll('-', ' ')})`;
}

function askerIn(event: StoredEvent, own: string): Asker {
  if (isDisclosure(event)) {
    const name = event.agent[0]?.who?.display;
    return {
      kind: isMember(event) ? 'organisation' : 'recipient',
      value: recipientIn(event),
      ...(name === undefined ? {} : { name }),
    };
  }
  const agent = event.agent.find(({ requestor }) => requestor) ?? event.agent[0];
  const { reference, identifier } = agent?.who ?? {};
  const value = identifier?.value ?? '';
  if (reference === own) return { kind: 'self', value: reference };
  if (isRepresentative(reference)) return { kind: 'representative', value: reference };
  if (reference !== undefined) return { kind: 'staff', value: reference };
  switch (identifier?.system) {
    case 'urn:holdfast:organisation':
      return { kind: 'organisation', value };
    case 'urn:holdfast:client':
      return { kind: value === 'unauthenticated' ? 'unknown' : 'program', value };
    case 'urn:holdfast:user':
      return { kind: 'staff', value };
    default:
      return { kind: 'unknown', value: '' };
  }
}

function subjectOf({ kind, value, name }: Asker): string {
  switch (kind) {
    case 'self':
      return 'You';
    case 'representative':
      return `Who may ask for you (${value})`;
    case 'staff':
      return `A member of staff (${value})`;
    case 'program':
      return `The program “${value}”`;
    case 'organisation':
      return `The organisation ${name ?? value}`;
    case 'recipient':
      return name ?? value;
    case 'unknown':
      return 'Somebody unknown';
  }
}
