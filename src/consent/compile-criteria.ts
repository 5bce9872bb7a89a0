import { PURPOSE_OF_USE_SYSTEM } from '../identity/index.ts';
import { isResourceType, type TimeRange, timeRange } from '../r4/index.ts';
import { actorsOf } from './compile-actor.ts';
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
import { purposeSet, purposesCovered } from './purpose-of-use.ts';
import { labelCriterion } from './security-label.ts';

const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
/** System under which a profile's canonical URL is a class. */
const PROFILES = 'urn:ietf:rfc:3986';

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
  const period = periodOf(element.period, `${path}.period`, findings);
  const actors = elementsOf(element.actor, `${path}.actor`, findings);
  const purposes = keysOf(element.purpose, `${path}.purpose`, findings);
  const classes = keysOf(element.class, `${path}.class`, findings).map((one) => classOf(one, findings));
  const codes = conceptsOf(element.code, `${path}.code`, findings);
  const labels = keysOf(element.securityLabel, `${path}.securityLabel`, findings);
  const data = periodOf(element.dataPeriod, `${path}.dataPeriod`, findings);
  const inherited = actors.length === 0 ? parent : actorsOf(actors, findings);
  return {
    organisations: inherited.organisations,
    people: inherited.people,
    purposes:
      purposes.length === 0 ? parent.purposes : purposeSet(purposes.flatMap((one) => codesOf(one, findings))),
    fromMs: Math.max(parent.fromMs, period?.startMs ?? parent.fromMs),
    untilMs: Math.min(parent.untilMs, period === undefined ? parent.untilMs : period.endMs + 1),
    types: classes.length === 0 ? parent.types : classes.flatMap(({ type }) => type ?? []),
    profiles: classes.length === 0 ? parent.profiles : classes.flatMap(({ profile }) => profile ?? []),
    codes: codes.length === 0 ? parent.codes : new Set(codes),
    labels: labels.length === 0 ? parent.labels : labelCriterion(labels.map(({ key }) => key)),
    data: data ?? parent.data,
  };
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
    if (element.coding === undefined) {
      refuse(findings, at, 'unsupported', 'A rule needs a coding; text alone cannot be matched.');
    }
    return keysOf(element.coding, `${at}.coding`, findings).map(({ key }) => key);
  });
}

function codesOf({ path, key }: Key, findings: Findings): readonly string[] {
  const code = key.startsWith(`${PURPOSE_OF_USE_SYSTEM}|`) ? key.slice(PURPOSE_OF_USE_SYSTEM.length + 1) : '';
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

function classOf({ path, key }: Key, findings: Findings): { type?: string; profile?: string } {
  if (key.startsWith(`${PROFILES}|`)) return { profile: key };
  const type = key.startsWith(`${RESOURCE_TYPES}|`) ? key.slice(RESOURCE_TYPES.length + 1) : '';
  if (isResourceType(type)) return { type };
  refuse(
    findings,
    path,
    'unsupported',
    `A class is a resource type of FHIR R4 (system ${RESOURCE_TYPES}) or a profile (system ${PROFILES}).`,
  );
  return {};
}

/** The first and the last millisecond of a Period, its end with everything that its precision covers (FHIR R4 §Period). */
function periodOf(
  value: unknown,
  path: string,
  findings: Findings,
): { startMs: number; endMs: number } | undefined {
  if (value === undefined) return undefined;
  const period = asElement(value);
  if (period === undefined) {
    refuse(findings, path, 'invalid', 'A Period is expected here.');
    return undefined;
  }
  refuseUnknown(period, path, ['start', 'end'], findings);
  return {
    startMs: edgeOf(period.start, `${path}.start`, findings)?.low ?? Number.NEGATIVE_INFINITY,
    endMs: edgeOf(period.end, `${path}.end`, findings)?.high ?? Number.POSITIVE_INFINITY,
  };
}

function edgeOf(value: unknown, path: string, findings: Findings): TimeRange | undefined {
  if (value === undefined) return undefined;
  const range = typeof value === 'string' ? timeRange(value) : undefined;
  if (range === undefined) refuse(findings, path, 'invalid', 'A FHIR dateTime is expected here.');
  return range;
}
