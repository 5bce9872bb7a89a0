import { PURPOSE_OF_USE_SYSTEM } from '../identity/index.ts';
import { isResourceType, type TimeRange, timeRange } from '../r4/index.ts';
import { actorsOf } from './compile-actor.ts';
import { compileData } from './compile-data.ts';
import { ANY_ACTION, actionBits, CONSENT_ACTIONS } from './consent-action.ts';
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

/** Looks up what a resource refers to, as `Type/id`; undefined for one that is not there. */
export type LinksOf = (reference: string) => readonly string[] | undefined;

/**
 * The criteria of a provision: its own, and the parent's of every kind that it does not set itself. Periods are
 * intersected: an exception never outlives what it is an exception to.
 */
export function compileCriteria(
  element: Element,
  path: string,
  parent: Criteria,
  findings: Findings,
  linksOf: LinksOf,
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
    actors: inherited.actors,
    actions:
      element.action === undefined ? parent.actions : actionsOf(element.action, `${path}.action`, findings),
    purposes:
      purposes.length === 0 ? parent.purposes : purposeSet(purposes.flatMap((one) => codesOf(one, findings))),
    fromMs: Math.max(parent.fromMs, period?.startMs ?? parent.fromMs),
    untilMs: Math.min(parent.untilMs, period === undefined ? parent.untilMs : period.endMs + 1),
    types: classes.length === 0 ? parent.types : classes.flatMap(({ type }) => type ?? []),
    kinds: classes.length === 0 ? parent.kinds : classes.flatMap(({ kind }) => kind ?? []),
    codes: codes.length === 0 ? parent.codes : new Set(codes),
    labels: labels.length === 0 ? parent.labels : labelCriterion(labels.map(({ key }) => key)),
    instances: compileData(element.data, `${path}.data`, findings, linksOf) ?? parent.instances,
    data: data ?? parent.data,
  };
}

/** FHIR R4 §Consent.provision.action: each a code of `consentaction`. */
function actionsOf(value: unknown, path: string, findings: Findings): number {
  let bits = 0;
  for (const { path: at, key } of keysOfConcepts(value, path, findings)) {
    const code = key.startsWith(`${CONSENT_ACTIONS}|`) ? key.slice(CONSENT_ACTIONS.length + 1) : '';
    const bit = actionBits([code]);
    if (bit === undefined) refuse(findings, at, 'unsupported', `An action is a code of ${CONSENT_ACTIONS}.`);
    else bits |= bit;
  }
  return bits === 0 ? ANY_ACTION : bits;
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
  return keysOfConcepts(value, path, findings).map(({ key }) => key);
}

function keysOfConcepts(value: unknown, path: string, findings: Findings): Key[] {
  return elementsOf(value, path, findings).flatMap(({ path: at, element }) => {
    if (element.coding === undefined) {
      refuse(findings, at, 'unsupported', 'A rule needs a coding; text alone cannot be matched.');
    }
    return keysOf(element.coding, `${at}.coding`, findings);
  });
}

/** A purpose with what lies below it; one of another system stands for itself: an authorisation server may issue it. */
function codesOf({ path, key }: Key, findings: Findings): readonly string[] {
  if (!key.startsWith(`${PURPOSE_OF_USE_SYSTEM}|`)) return [key];
  const covered = purposesCovered(key.slice(PURPOSE_OF_USE_SYSTEM.length + 1));
  if (covered.length === 0)
    refuse(findings, path, 'unsupported', 'Of v3-ActReason, only codes of PurposeOfUse are purposes.');
  return covered;
}

/** FHIR R4 §Consent.provision.class: a resource type, a profile, or another code that says what sort of data it is. */
function classOf({ path, key }: Key, findings: Findings): { type?: string; kind?: string } {
  if (!key.startsWith(`${RESOURCE_TYPES}|`)) return { kind: key };
  const type = key.slice(RESOURCE_TYPES.length + 1);
  if (isResourceType(type)) return { type };
  refuse(
    findings,
    path,
    'unsupported',
    `A class of the system ${RESOURCE_TYPES} is a resource type of FHIR R4.`,
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
