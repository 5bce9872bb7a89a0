import type { Organisation, TokenRequest } from '../harness/organisation.ts';

/** What a request can name: of a patient who is here, or of one who never was. */
export interface Target {
  readonly patient: string;
  readonly observation: string;
  readonly family: string;
  readonly identifier: string;
  readonly consent: string;
  readonly audit: string;
  readonly request: string;
  readonly hold: string;
  readonly suspension: string;
  readonly event: string;
  /** Glass that was broken for the patient. */
  readonly emergency: string;
}

/** A patient whom nobody below may know of, and the same names for nobody. */
export interface Targets {
  readonly present: Target;
  readonly absent: Target;
  /** Another patient, whose token is tried. */
  readonly stranger: string;
}

const OFFICER = { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus' };
const FAMILY = 'Verschwiegen';
const SYSTEM = 'urn:test:leaks';

/** Same length, same alphabet, and nothing stands under it. */
const unlike = (id: string): string =>
  id.replace(/[0-9a-z]/gi, (character) => (character === '0' ? '1' : character === '-' ? '-' : '0'));

/** Makes the patient, with everything that a route may name, and a refusal of the organisation's own people. */
export async function makeTargets(hospital: Organisation): Promise<Targets> {
  const { id: stranger } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Fremd' }] });
  const { id: patient } = await hospital.create({
    resourceType: 'Patient',
    name: [{ family: FAMILY }],
    identifier: [{ system: SYSTEM, value: 'hushed-1' }],
  });
  const { id: observation } = await hospital.create({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: SYSTEM, code: 'hushed-code' }] },
    subject: { reference: `Patient/${patient}` },
  });
  const done = async (method: string, path: string, body: object) => {
    const answer = await hospital.call(method, path, { body, as: OFFICER });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const request = await done('POST', '/audit/requests', { kind: 'access', patient, text: 'hushed wish' });
  const hold = await done('POST', '/audit/holds', { patient, name: 'hushed case' });
  const suspension = await done('POST', '/audit/suspensions', {
    patient,
    recipient: 'county-sheriff',
    authority: 'law-enforcement',
    statement: 'oral',
    official: 'hushed officer',
    reason: 'hushed reason',
  });
  // Afterwards the organisation's own people see none.
  const [{ id: audit }] = await hospital.auditEvents(`patient=Patient/${patient}&_count=1`);
  const consent = await denyEverybody(hospital, patient);
  const broken = await hospital.call('POST', '/break-glass', {
    body: { patient, reason: 'medical-emergency', text: 'hushed emergency', name: 'hushed clinician' },
    as: { user: 'Practitioner/emergency', scope: 'user/*.rs', purpose: 'BTG' },
  });
  if (broken.status !== 201) throw new Error(`POST /break-glass: ${broken.status} ${broken.text}`);
  const present: Target = {
    patient,
    observation,
    family: FAMILY,
    identifier: 'hushed-1',
    consent,
    audit,
    request: request.id,
    hold: hold.id,
    suspension: suspension.id,
    event: request.events[0],
    emergency: broken.json.id,
  };
  const absent = Object.fromEntries(
    Object.entries(present).map(([name, value]) => [name, unlike(value)]),
  ) as unknown as Target;
  return { present, absent, stranger };
}

/** The custodian records that the patient keeps the organisation's own people out. */
async function denyEverybody(hospital: Organisation, patient: string): Promise<string> {
  const id = [...'0123456789abcdef0123456789abcdef'].reverse().join('');
  const body = {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] },
    provision: { type: 'deny' },
  };
  const answer = await hospital.fhir('PUT', `Consent/${id}`, { body });
  if (answer.status >= 300) throw new Error(`no consent: ${answer.status} ${answer.text}`);
  return id;
}

/** Askers who have no business with the patient, each for another reason. */
export const askers: Readonly<Record<string, (targets: Targets) => TokenRequest | null>> = {
  /** No token. */
  nobody: () => null,
  /** Another patient: the token stays with its own. */
  'another patient': ({ stranger }) => ({
    user: `Patient/${stranger}`,
    scope: 'patient/*.cruds',
    purpose: 'PATRQT',
  }),
  /** An app whose scopes are of another type. */
  'a narrow app': () => ({ user: 'Practitioner/narrow', scope: 'user/Basic.cruds' }),
  /** A purpose that the organisation's policy does not permit. */
  'a researcher': () => ({ user: 'Practitioner/researcher', scope: 'user/*.cruds', purpose: 'HRESCH' }),
  /** Staff with every scope and a good purpose, whom the patient has denied: only the decision stands in the way. */
  'denied staff': () => ({ user: 'Practitioner/denied', scope: 'user/*.cruds', purpose: 'TREAT' }),
};

/** The askers that have no scope for the audit trail. */
export const WITHOUT_AUDIT = ['nobody', 'another patient', 'a narrow app'];
/** The askers of whom none is a privacy officer. */
export const EVERYBODY = Object.keys(askers);
