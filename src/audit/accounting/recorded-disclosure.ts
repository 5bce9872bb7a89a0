import { randomId } from '../../crypto/index.ts';
import type { Principal } from '../../identity/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { compartments, extractIndex, parseResource } from '../../r4/index.ts';
import type { AuditWrite } from '../../vault/index.ts';
import { organisationAgent } from '../agent.ts';
import { dayOrTime, logicalIdIn, objectIn, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import { DISCLOSE } from '../shape.ts';
import { BASES } from './basis.ts';

/** System of the ids of recipients that are no members. */
export const RECIPIENT_SYSTEM = 'urn:holdfast:recipient';
/** Postal address of a recipient: AuditEvent has none. */
export const ADDRESS_EXTENSION = 'urn:holdfast:recipient-address';
/** Entity detail that names the provision a disclosure was made under. */
export const BASIS_DETAIL = 'basis';
/** Entity detail that says in words what was disclosed. */
export const DESCRIPTION_DETAIL = 'description';

const RECIPIENT_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A release that did not go through this system: by post, by telephone, to an officer at the door. */
export interface RecordedDisclosure {
  readonly patient: string;
  /** RFC 3339: when it was made. */
  readonly date: string;
  readonly recipient: { readonly id: string; readonly name: string; readonly address?: string };
  /** Brief description of what was disclosed (45 CFR 164.528(b)(2)(iii)). */
  readonly description: string;
  /** A key of `BASES`. */
  readonly basis: string;
}

/** Reads the body of a request to record a disclosure. Throws AuditError `malformed`. */
export function parseRecordedDisclosure(body: unknown, now: Date): RecordedDisclosure {
  const given = objectIn(body, ['patient', 'date', 'recipient', 'description', 'basis']);
  const patient = logicalIdIn(given, 'patient');
  const basis = textIn(given, 'basis');
  if (!Object.hasOwn(BASES, basis))
    throw new AuditError('malformed', `"basis" is one of ${Object.keys(BASES).join(', ')}.`);
  const date = dayOrTime(given, 'date');
  if (date.getTime() > now.getTime())
    throw new AuditError('malformed', '"date" lies ahead: record a disclosure once it was made.');
  const recipient = objectIn(given.recipient, ['id', 'name', 'address']);
  const address = optionalText(recipient, 'address');
  return {
    patient,
    date: date.toISOString(),
    recipient: {
      id: textIn(recipient, 'id', RECIPIENT_ID),
      name: textIn(recipient, 'name'),
      ...(address === undefined ? {} : { address }),
    },
    description: textIn(given, 'description'),
    basis,
  };
}

/** The AuditEvent of a recorded disclosure: found, accounted for and proven as any other release. */
export function recordedDisclosure(
  { patient, date, recipient, description, basis }: RecordedDisclosure,
  { organisation, principal, now }: { organisation: string; principal: Principal; now: Date },
): AuditWrite {
  const id = randomId();
  const time = now.toISOString();
  const coding = (system: string, code: string) => ({ coding: [{ system, code }] });
  const dicom = (code: string) => coding('http://dicom.nema.org/resources/ontology/DCM', code);
  const event = {
    resourceType: 'AuditEvent',
    id,
    meta: { versionId: '1', lastUpdated: time },
    action: 'R',
    outcome: '0',
    recorded: time,
    period: { start: date, end: date },
    type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110106' },
    subtype: [
      { system: DISCLOSE.system, code: DISCLOSE.code },
      { system: 'urn:holdfast:request', code: 'recorded-disclosure' },
    ],
    agent: [
      {
        ...(recipient.address === undefined
          ? {}
          : { extension: [{ url: ADDRESS_EXTENSION, valueString: recipient.address }] }),
        type: dicom('110152'),
        requestor: true,
        who: { identifier: { system: RECIPIENT_SYSTEM, value: recipient.id }, display: recipient.name },
      },
      { type: dicom('110153'), requestor: false, who: JSON.parse(organisationAgent(organisation).text) },
      {
        type: coding('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'AUT'),
        requestor: false,
        who: { identifier: { system: 'urn:holdfast:user', value: principal.id } },
      },
    ],
    purposeOfEvent: [{ text: `45 CFR ${basis}: ${BASES[basis]?.words ?? ''}` }],
    source: { observer: JSON.parse(organisationAgent(organisation).text) },
    entity: [
      {
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1' },
        what: { reference: `Patient/${patient}` },
        detail: [
          { type: BASIS_DETAIL, valueString: basis },
          { type: DESCRIPTION_DETAIL, valueString: description },
        ],
      },
    ],
  };
  const { resource, text } = parseResource(canonicalize(event));
  const { patients } = compartments(resource);
  return { id, text, index: extractIndex(resource), time, actor: principal.id, patients };
}
