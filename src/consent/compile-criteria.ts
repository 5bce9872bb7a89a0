import { isFhirUser } from '../identity/index.ts';
import { isResourceType } from '../r4/index.ts';
import type { Criteria } from './criteria.ts';
import {
  asElement,
  codingKey,
  type Element,
  elementsOf,
  type Findings,
  refuse,
  refuseUnknown,
} from './element.ts';
import { instantsOf, overlap, type Period } from './period.ts';
import { PURPOSE_SYSTEM, purposesCovered } from './purpose-of-use.ts';
import { labelCriterion } from './security-label.ts';

/** System of the identifiers that name a member organisation (FORMATS §5). */
export const ORGANISATION_SYSTEM = 'urn:holdfast:organisation';

const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
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

/** A relative reference to one resource. */
const REFERENCE = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The criteria of a provision: its own, and the parent's of every kind that it does not set itself. Periods are
 * intersected: an exception never outlives what it is an exception to.
 */
export function compileCriteria(
  element: Element,
  path: string,
  parent: Criteria,
  findings: Findings,
): Criteria {
  const criteria: Mutable<Criteria> = { ...parent, ...periodOf(element, path, parent, findings) };
  const actors = elementsOf(element.actor, `${path}.actor`, findings);
  if (actors.length > 0) {
    delete criteria.people;
    delete criteria.organisations;
    Object.assign(criteria, actorsOf(actors, findings));
  }
  const purposes = keysOf(element.purpose, `${path}.purpose`, findings);
  if (purposes.length > 0)
    criteria.purposes = new Set(purposes.flatMap((one) => purposeCodes(one, findings)));
  const types = keysOf(element.class, `${path}.class`, findings);
  if (types.length > 0) criteria.types = new Set(types.flatMap((one) => resourceType(one, findings)));
  const codes = conceptsOf(element.code, `${path}.code`, findings);
  if (codes.length > 0) criteria.codes = new Set(codes);
  const labels = keysOf(element.securityLabel, `${path}.securityLabel`, findings);
  if (labels.length > 0) criteria.labels = labelCriterion(labels.map(({ key }) => key));
  const data = elementsOf(element.data, `${path}.data`, findings);
  if (data.length > 0) criteria.instances = new Set(data.flatMap((one) => instance(one, findings)));
  return criteria;
}

interface Located {
  path: string;
  element: Element;
}

interface Key {
  path: string;
  key: string;
}

function keysOf(value: unknown, path: string, findings: Findings): Key[] {
  return elementsOf(value, path, findings).flatMap(({ path: at, element }) => {
    const key = codingKey(element, at, findings);
    return key === undefined ? [] : [{ path: at, key }];
  });
}

function conceptsOf(value: unknown, path: string, findings: Findings): string[] {
  return elementsOf(value, path, findings).flatMap(({ path: at, element }) => {
    const keys = keysOf(element.coding, `${at}.coding`, findings).map(({ key }) => key);
    if (element.coding === undefined) {
      refuse(findings, at, 'unsupported', 'A rule needs a coding; text alone cannot be matched.');
    }
    return keys;
  });
}

function purposeCodes({ path, key }: Key, findings: Findings): readonly string[] {
  const code = key.startsWith(`${PURPOSE_SYSTEM}|`) ? key.slice(PURPOSE_SYSTEM.length + 1) : '';
  const covered = purposesCovered(code);
  if (covered.length === 0) {
    refuse(
      findings,
      path,
      'unsupported',
      'A purpose is a PurposeOfUse code of v3-ActReason; nobody can ask under another.',
    );
  }
  return covered;
}

function resourceType({ path, key }: Key, findings: Findings): string[] {
  const type = key.startsWith(`${RESOURCE_TYPES}|`) ? key.slice(RESOURCE_TYPES.length + 1) : '';
  if (isResourceType(type)) return [type];
  refuse(
    findings,
    path,
    'unsupported',
    `A class is a resource type of FHIR R4, with system ${RESOURCE_TYPES}.`,
  );
  return [];
}

function instance({ path, element }: Located, findings: Findings): string[] {
  refuseUnknown(element, path, ['meaning', 'reference'], findings);
  if (element.meaning !== 'instance') {
    refuse(findings, `${path}.meaning`, 'unsupported', 'Data can be named by instance only.');
    return [];
  }
  const reference = asElement(element.reference)?.reference;
  if (typeof reference === 'string' && REFERENCE.test(reference)) return [reference];
  refuse(
    findings,
    `${path}.reference`,
    'unsupported',
    'Data is named by a relative reference such as Observation/12.',
  );
  return [];
}

function actorsOf(
  actors: readonly Located[],
  findings: Findings,
): Pick<Criteria, 'organisations' | 'people'> {
  const organisations = new Set<string>();
  const people = new Set<string>();
  for (const { path, element } of actors) {
    refuseUnknown(element, path, ['role', 'reference'], findings);
    const roles = elementsOf(asElement(element.role)?.coding, `${path}.role.coding`, findings);
    if (
      !roles.some((role) =>
        RECIPIENT_ROLES.has(`${String(role.element.system)}|${String(role.element.code)}`),
      )
    ) {
      refuse(
        findings,
        `${path}.role`,
        'unsupported',
        'An actor is named as who receives the data: role IRCP of v3-ParticipationType.',
      );
    }
    const reference = asElement(element.reference);
    const identifier = asElement(reference?.identifier);
    const literal = reference?.reference;
    if (
      identifier?.system === ORGANISATION_SYSTEM &&
      typeof identifier.value === 'string' &&
      literal === undefined
    ) {
      organisations.add(identifier.value);
    } else if (typeof literal === 'string' && isFhirUser(literal) && identifier === undefined) {
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
    ...(organisations.size > 0 || people.size === 0 ? { organisations } : {}),
    ...(people.size > 0 ? { people } : {}),
  };
}

function periodOf(element: Element, path: string, parent: Period, findings: Findings): Period {
  if (element.period === undefined) return {};
  const period = asElement(element.period);
  if (period === undefined) {
    refuse(findings, `${path}.period`, 'invalid', 'A Period is expected here.');
    return {};
  }
  refuseUnknown(period, `${path}.period`, ['start', 'end'], findings);
  const start = edge(period.start, `${path}.period.start`, findings);
  const end = edge(period.end, `${path}.period.end`, findings);
  return overlap(parent, {
    ...(start === undefined ? {} : { fromMs: start.fromMs }),
    ...(end === undefined ? {} : { untilMs: end.untilMs }),
  });
}

function edge(value: unknown, path: string, findings: Findings): ReturnType<typeof instantsOf> {
  if (value === undefined) return undefined;
  const instants = typeof value === 'string' ? instantsOf(value) : undefined;
  if (instants === undefined) refuse(findings, path, 'invalid', 'A FHIR dateTime is expected here.');
  return instants;
}
