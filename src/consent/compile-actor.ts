import type { Criteria, NamedActor } from './criteria.ts';
import {
  asElement,
  type Element,
  elementsOf,
  type Findings,
  type Located,
  refuse,
  refuseUnknown,
} from './element.ts';

/** System of the identifiers that name a member organisation (FORMATS §5). */
export const ORGANISATION_SYSTEM = 'urn:holdfast:organisation';

const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const FUNCTION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationFunction';
const ROLE_CLASS = 'http://terminology.hl7.org/CodeSystem/v3-RoleClass';
const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

const all = (system: string, codes: string) => codes.split(' ').map((code) => `${system}|${code}`);

/** Roles in which an actor is the one who asks for the data, in whatever capacity. */
const RECIPIENT_ROLES: ReadonlySet<string> = new Set([
  ...all(PARTICIPATION, 'IRCP PRCP'),
  ...all(ROLE_CLASS, 'PROV PAYOR ASSIGNED AGNT'),
]);

/**
 * Roles in which an actor asks in a capacity of its own (FHIR R4 §valueset-security-role-type): receivers by function, guardians,
 * delegates and holders of a power of attorney. The rule is about them only while they act in it. Any other role would say how the
 * actor is involved in the content, which `data` with the meaning `authoredby` says here.
 */
const CAPACITIES: ReadonlySet<string> = new Set([
  ...all(FUNCTION, 'AUCG AULR AUTM AUWA'),
  ...all(ROLE_CLASS, 'GUARD NOK'),
  ...all(ROLE_CODE, 'DELEGATEE DPOWATT GUADLTM HPOWATT POWATT RESPRSN SPOWATT'),
]);

/** Whom R4 lets an actor refer to. */
const ACTOR =
  /^(CareTeam|Device|Group|Organization|Patient|Practitioner|PractitionerRole|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/;

/** Teams, groups and roles: who belongs to them is looked up when somebody asks. */
export const GROUPS = /^(CareTeam|Group|Organization|PractitionerRole)\//;

/** Who a provision's actors are: member organisations by identifier, people, teams and groups of the custodian by reference. */
export function actorsOf(
  actors: readonly Located[],
  findings: Findings,
): Pick<Criteria, 'organisations' | 'actors'> {
  const organisations = new Set<string>();
  const named: NamedActor[] = [];
  for (const { path, element } of actors) {
    refuseUnknown(element, path, ['role', 'reference'], findings);
    const capacity = capacityOf(element, path, findings);
    const { reference, organisation } = whoIs(element, path, findings);
    if (organisation !== undefined && capacity === undefined) organisations.add(organisation);
    else if (reference !== undefined || organisation !== undefined)
      named.push({ reference, organisation, capacity });
  }
  return {
    organisations: organisations.size === 0 && named.length > 0 ? undefined : [...organisations],
    actors: named.length === 0 ? undefined : named,
  };
}

function whoIs(
  actor: Element,
  path: string,
  findings: Findings,
): Pick<NamedActor, 'reference' | 'organisation'> {
  const reference = asElement(actor.reference);
  const identifier = asElement(reference?.identifier);
  const literal = reference?.reference;
  const nobody = { reference: undefined, organisation: undefined };
  if (
    identifier?.system === ORGANISATION_SYSTEM &&
    typeof identifier.value === 'string' &&
    literal === undefined
  )
    return { ...nobody, organisation: identifier.value };
  if (typeof literal === 'string' && ACTOR.test(literal) && identifier === undefined)
    return { ...nobody, reference: literal };
  refuse(
    findings,
    `${path}.reference`,
    'unsupported',
    `An actor is a member (identifier with system ${ORGANISATION_SYSTEM}) or somebody here (reference such as Practitioner/12).`,
  );
  return nobody;
}

/** The capacity in which an actor must ask; undefined when any will do, and when the role is refused. */
function capacityOf(actor: Element, path: string, findings: Findings): string | undefined {
  const roles = elementsOf(asElement(actor.role)?.coding, `${path}.role.coding`, findings).map(
    ({ element: { system, code } }) => `${String(system)}|${String(code)}`,
  );
  if (roles.some((role) => RECIPIENT_ROLES.has(role))) return undefined;
  const capacity = roles.find((role) => CAPACITIES.has(role));
  if (capacity === undefined)
    refuse(
      findings,
      `${path}.role`,
      'unsupported',
      'An actor is named as who receives the data, role IRCP of v3-ParticipationType, or by the capacity in which they ask.',
    );
  return capacity;
}
