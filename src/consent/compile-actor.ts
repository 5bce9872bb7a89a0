import type { Criteria } from './criteria.ts';
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
const ROLE_CLASS = 'http://terminology.hl7.org/CodeSystem/v3-RoleClass';

/** Roles in which an actor is the one who asks for the data; any other would turn the rule into another one. */
const RECIPIENT_ROLES: ReadonlySet<string> = new Set([
  `${PARTICIPATION}|IRCP`,
  `${PARTICIPATION}|PRCP`,
  `${ROLE_CLASS}|PROV`,
  `${ROLE_CLASS}|PAYOR`,
  `${ROLE_CLASS}|ASSIGNED`,
  `${ROLE_CLASS}|AGNT`,
]);

/** People whom a token can name as `fhirUser`. */
const PERSON = /^(Patient|Person|Practitioner|PractitionerRole|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/;

/** Who a provision's actors are: member organisations by identifier, people of the custodian by reference. */
export function actorsOf(
  actors: readonly Located[],
  findings: Findings,
): Pick<Criteria, 'organisations' | 'people'> {
  const organisations = new Set<string>();
  const people = new Set<string>();
  for (const { path, element } of actors) {
    refuseUnknown(element, path, ['role', 'reference'], findings);
    requireRecipient(element, path, findings);
    const reference = asElement(element.reference);
    const identifier = asElement(reference?.identifier);
    const literal = reference?.reference;
    if (
      identifier?.system === ORGANISATION_SYSTEM &&
      typeof identifier.value === 'string' &&
      literal === undefined
    ) {
      organisations.add(identifier.value);
    } else if (typeof literal === 'string' && PERSON.test(literal) && identifier === undefined) {
      people.add(literal);
    } else {
      refuse(
        findings,
        `${path}.reference`,
        'unsupported',
        `An actor is a member (identifier with system ${ORGANISATION_SYSTEM}) or a person here (reference such as Practitioner/12).`,
      );
    }
  }
  return {
    organisations: organisations.size === 0 && people.size > 0 ? undefined : [...organisations],
    people: people.size === 0 ? undefined : [...people],
  };
}

function requireRecipient(actor: Element, path: string, findings: Findings): void {
  const roles = elementsOf(asElement(actor.role)?.coding, `${path}.role.coding`, findings);
  const isRecipient = roles.some(({ element: { system, code } }) =>
    RECIPIENT_ROLES.has(`${String(system)}|${String(code)}`),
  );
  if (isRecipient) return;
  refuse(
    findings,
    `${path}.role`,
    'unsupported',
    'An actor is named as who receives the data: role IRCP of v3-ParticipationType.',
  );
}
