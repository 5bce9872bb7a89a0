import { idIn, isMember, patientsIn, purposesIn, recipientIn, type StoredEvent } from '../stored-event.ts';
import { BASES, exclusionOf, purposeWords } from './basis.ts';
import { ADDRESS_EXTENSION, BASIS_DETAIL, DESCRIPTION_DETAIL } from './recorded-disclosure.ts';

/** One release of a patient's data: what an accounting must say of it (45 CFR 164.528(b)(2)). */
export interface Disclosure {
  /** RFC 3339: when it was released, (b)(2)(i). */
  readonly date: string;
  /** Member organisation, or the id of a recipient recorded by hand. */
  readonly recipient: string;
  /** Name of the entity or person who received it, (b)(2)(ii). */
  readonly name: string;
  /** Their address, where it is known, (b)(2)(ii). */
  readonly address?: string;
  /** Opaque id of the person there, where the recipient named one. */
  readonly user?: string;
  /** What was released, in words, (b)(2)(iii). */
  readonly description: string;
  /** Why, (b)(2)(iv). */
  readonly purpose: readonly { readonly code: string; readonly display: string }[];
  /** Ids of the consents it relied on. */
  readonly consents: readonly string[];
  /** The AuditEvent, whose receipt proves this entry. */
  readonly event: string;
  /** The paragraph of 45 CFR 164.528(a)(1) that leaves it out of an accounting; absent for what belongs in. */
  readonly exclusion?: string;
}

/** Name and address of a member organisation, as far as they are known. */
export type MemberDirectory = (organisation: string) => {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
};

/** The entry of an accounting that an AuditEvent of a release gives. */
export function disclosureIn(event: StoredEvent, directory: MemberDirectory): Disclosure {
  const [client, , person] = event.agent;
  const recipient = recipientIn(event);
  const known = isMember(event) ? directory(recipient) : {};
  const named = client?.who?.display;
  const address =
    client?.extension?.find(({ url }) => url === ADDRESS_EXTENSION)?.valueString ?? known.address;
  const user = person?.who?.identifier?.value ?? person?.who?.reference;
  const basis = detailIn(event, BASIS_DETAIL);
  const codes = purposesIn(event);
  const exclusion = exclusionOf(basis, codes);
  return {
    date: event.period?.start ?? event.recorded,
    recipient,
    name: named ?? known.name ?? recipient,
    ...(address === undefined ? {} : { address }),
    ...(user === undefined || basis !== undefined ? {} : { user }),
    description: detailIn(event, DESCRIPTION_DETAIL) ?? describe(event),
    purpose:
      basis === undefined
        ? codes.map((code) => ({ code, display: purposeWords(code) }))
        : [{ code: basis, display: BASES[basis]?.words ?? basis }],
    consents: (event.entity ?? []).flatMap(({ what }) => idIn(what, 'Consent')),
    event: event.id,
    ...(exclusion === undefined ? {} : { exclusion }),
  };
}

function detailIn({ entity = [] }: StoredEvent, type: string): string | undefined {
  for (const { detail } of entity) {
    const found = detail?.find((each) => each.type === type);
    if (found !== undefined) return found.valueString;
  }
  return undefined;
}

/** A brief description of what was disclosed: how many records of which type. */
function describe(event: StoredEvent): string {
  const { entity = [] } = event;
  // What of it belongs to whom the entry does not say, and of others it must not tell.
  if (patientsIn(event).length !== 1) return 'part of a release about several patients';
  const counts = new Map<string, number>();
  let more = 0;
  for (const { what, role, detail } of entity) {
    if (role?.code !== '4') continue;
    const type = what?.reference?.split('/')[0];
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
    more += Number(detail?.find((each) => each.type === 'not-listed')?.valueString ?? 0);
  }
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`);
  if (more > 0) parts.push(`${more} more`);
  return parts.length === 0 ? 'records of the patient' : parts.join(', ');
}
