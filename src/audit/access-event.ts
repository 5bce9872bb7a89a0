import { randomId } from '../crypto/index.ts';
import type { IndexEntry } from '../r4/index.ts';
import type { AuditWrite } from '../vault/index.ts';
import type { AccessInput } from './access-input.ts';
import { addReference, agentsOf, organisationAgent } from './agent.ts';
import type { AuditCoding } from './coding.ts';
import { entitiesOf, listedObjects } from './entity.ts';
import { IndexEntries } from './index-entries.ts';
import { profileOf, shapeOf, subtypesOf, typeCoding } from './shape.ts';

const ACTION = 'http://hl7.org/fhir/audit-event-action';
const OUTCOME = 'http://hl7.org/fhir/audit-event-outcome';
const PURPOSE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
/** This system is an application server (security-source-type). */
const SERVER = '[{"code":"4","system":"http://terminology.hl7.org/CodeSystem/security-source-type"}]';

/** Kinds of log entries (FORMATS §2) that are not a FHIR access. */
const EVENT_KINDS: { readonly [kind in NonNullable<AccessInput['kind']>]: string } = {
  access: 'fhir.access',
  'sign-in': 'sign-in',
  administration: 'administration',
  enrolment: 'administration',
  consent: 'consent',
};

/**
 * The AuditEvent of a request in the form of IHE BALP: canonical text (FORMATS §1) and, made beside it rather than
 * extracted from it, the entries by which it is found. It holds logical ids and no other identifier (DESIGN §5).
 */
export function accessEvent(input: AccessInput): AuditWrite {
  const id = randomId();
  const time = input.time.toISOString();
  const shape = shapeOf(input);
  const listed = listedObjects(input, shape);
  const profile = profileOf(input, shape, listed.length);
  const type = typeCoding(input, shape);
  const subtypes = subtypesOf(input, shape);
  // BALP gives a release the action "read", whatever carried it.
  const action = shape.name === 'disclosure' ? 'R' : input.action;
  const outcome = input.status < 400 ? '0' : input.status < 500 ? '4' : '8';
  const index = fixedEntries({ id, timeMs: input.time.getTime(), profile, action, outcome, type, subtypes });
  const agents = agentsOf(input, shape, index);
  const entities = entitiesOf(input, shape, listed, index);
  addReference(index, 'source', organisationAgent(input.organisation));
  for (const code of input.principal?.purposes ?? [])
    index.push({ kind: 'token', param: 'purpose', system: PURPOSE, code });
  const text =
    `{"action":"${action}","agent":${agents},"entity":${entities},"id":"${id}",` +
    `"meta":{"lastUpdated":"${time}",${profile === undefined ? '' : `"profile":["${profile}"],`}"versionId":"1"},` +
    `"outcome":"${outcome}",${outcomeText(input)}${purposeText(input)}"recorded":"${time}",` +
    `"resourceType":"AuditEvent",` +
    `"source":{"observer":${organisationAgent(input.organisation).text},"type":${SERVER}},` +
    `"subtype":[${subtypes.map((one) => one.text).join(',')}],"type":${type.text}}`;
  const actor = input.principal?.id ?? input.agent ?? 'unauthenticated';
  return {
    id,
    text,
    index: index.all,
    time,
    actor,
    patients: patientsIn(index.all),
    kind: EVENT_KINDS[input.kind ?? 'access'],
  };
}

/** Who is in whose compartment follows from what the index says of patients (R4 CompartmentDefinition/patient). */
function patientsIn(index: readonly IndexEntry[]): string[] {
  return index.flatMap((entry) =>
    entry.kind === 'reference' && entry.param === 'patient' ? (entry.target.id ?? []) : [],
  );
}

function outcomeText({ status, detail }: AccessInput): string {
  const described = detail ?? (status < 400 ? undefined : `HTTP ${status}`);
  return described === undefined ? '' : `"outcomeDesc":${JSON.stringify(described)},`;
}

function purposeText({ principal }: AccessInput): string {
  if (principal === undefined || principal.purposes.length === 0) return '';
  const concepts = principal.purposes.map(
    (code) => `{"coding":[{"code":${JSON.stringify(code)},"system":"${PURPOSE}"}]}`,
  );
  return `"purposeOfEvent":[${concepts.join(',')}],`;
}

interface Fixed {
  readonly id: string;
  readonly timeMs: number;
  readonly profile: string | undefined;
  readonly action: string;
  readonly outcome: string;
  readonly type: AuditCoding;
  readonly subtypes: readonly AuditCoding[];
}

function fixedEntries({ id, timeMs, profile, action, outcome, type, subtypes }: Fixed): IndexEntries {
  const index = new IndexEntries();
  const fixed: IndexEntry[] = [
    { kind: 'token', param: '_id', code: id },
    { kind: 'date', param: '_lastUpdated', low: timeMs, high: timeMs },
    { kind: 'token', param: 'action', system: ACTION, code: action },
    { kind: 'date', param: 'date', low: timeMs, high: timeMs },
    { kind: 'token', param: 'outcome', system: OUTCOME, code: outcome },
    { kind: 'token', param: 'type', system: type.system, code: type.code },
  ];
  for (const entry of fixed) index.push(entry);
  if (profile !== undefined) index.push({ kind: 'uri', param: '_profile', value: profile });
  for (const { system, code } of subtypes) index.push({ kind: 'token', param: 'subtype', system, code });
  return index;
}
