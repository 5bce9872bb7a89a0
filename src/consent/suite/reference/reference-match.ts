import type { ConsentCase, Json } from './consent-case.ts';
import { periodOf, tookPlace } from './reference-time.ts';

/** A provision preceded by those it stands in, outermost first. */
export type Chain = readonly Json[];

/** The members of a list of objects; none for anything else. */
export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** The value of an element where it is set last along the chain: what an exception does not say, its rule says for it. */
export function last(chain: Chain, name: string): unknown {
  return chain.findLast((each) => each[name] !== undefined)?.[name];
}

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** v3-ActReason 2018-08-12 below PurposeOfUse: each code's parent, as far as the suite goes. */
const PARENT: Record<string, string> = {
  TREAT: 'PurposeOfUse',
  HPAYMT: 'PurposeOfUse',
  HOPERAT: 'PurposeOfUse',
  HRESCH: 'PurposeOfUse',
  PUBHLTH: 'PurposeOfUse',
  COC: 'TREAT',
  ETREAT: 'TREAT',
  BTG: 'ETREAT',
  HLEGAL: 'HOPERAT',
  COVERAGE: 'HPAYMT',
  ELIGVER: 'COVERAGE',
  CLINTRCH: 'HRESCH',
  CLINTRCHPC: 'CLINTRCH',
};

/** Whether a purpose that is asked under is the named one or below it; breaking the glass only when it is named itself. */
export function isWithin({ system, code }: Json, asked: string): boolean {
  if (system !== ACT_REASON) return asked === `${String(system)}|${String(code)}`;
  if (asked === 'BTG') return code === 'BTG';
  let at: string | undefined = asked;
  while (at !== undefined && at !== code) at = PARENT[at];
  return at === code;
}

/** Whether a provision speaks of a question, its dates aside (FHIR R4 §Consent.provision, element by element). */
export function isSpokenOf(
  chain: Chain,
  effect: 'permit' | 'deny',
  asked: ConsentCase,
  purpose: string,
  labels: readonly string[],
): boolean {
  const purposes = listOf(last(chain, 'purpose'));
  if (purposes.length > 0 && !purposes.some((named) => isWithin(named, purpose))) return false;
  const actions = listOf(last(chain, 'action')).flatMap((one) => listOf(one.coding));
  if (actions.length > 0 && !actions.some(({ code }) => asked.request.actions.includes(String(code))))
    return false;
  const actors = listOf(last(chain, 'actor'));
  if (actors.length > 0 && !actors.some((actor) => isActor(actor, effect, asked))) return false;
  const classes = listOf(last(chain, 'class'));
  if (classes.length > 0 && !classes.some((one) => isOfClass(one, asked.resource))) return false;
  const codes = listOf(last(chain, 'code')).flatMap((one) => listOf(one.coding));
  if (codes.length > 0 && !codes.some((one) => hasCode(asked.resource, one))) return false;
  const data = listOf(last(chain, 'data'));
  if (data.length > 0 && !data.some((one) => isOfData(one, effect, asked))) return false;
  const dataPeriod = last(chain, 'dataPeriod');
  if (dataPeriod !== undefined && !isOfTime(dataPeriod as Json, effect, asked.resource)) return false;
  const marks = listOf(last(chain, 'securityLabel'));
  return marks.length === 0 || isOfLabels(marks, effect, labels);
}

const RECIPIENT = ['IRCP', 'PRCP', 'PROV', 'PAYOR', 'ASSIGNED', 'AGNT'];

function isActor({ role, reference }: Json, effect: 'permit' | 'deny', { request }: ConsentCase): boolean {
  const { identifier, reference: literal } = reference as { identifier?: Json; reference?: string };
  const [coding] = listOf((role as Json).coding);
  const needsCapacity = !RECIPIENT.includes(String(coding?.code));
  // Not knowing who asks speaks against them: a denial is taken to mean them, a permission not to.
  const open = effect === 'deny';
  if (literal !== undefined) {
    if (request.organisation !== request.custodian) return false;
    const isThem = literal === request.person || request.groups?.includes(literal) === true;
    const isTeam = /^(CareTeam|Group|Organization|PractitionerRole)/.test(literal);
    const isUnknown = request.groups === undefined || request.unknownGroups?.includes(literal) === true;
    const isOpen = request.person === undefined || (isTeam && isUnknown);
    if (!isThem && !(isOpen && open)) return false;
  } else if (identifier?.value !== request.organisation) return false;
  if (!needsCapacity) return true;
  const capacity = `${String(coding?.system)}|${String(coding?.code)}`;
  return request.capacities === undefined ? open : request.capacities.includes(capacity);
}

function isOfClass({ system, code }: Json, resource: Json): boolean {
  if (system === 'http://hl7.org/fhir/resource-types') return resource.resourceType === code;
  const profiles = ((resource.meta as Json | undefined)?.profile ?? []) as unknown[];
  if (system === 'urn:ietf:rfc:3986') return profiles.includes(code);
  const kinds = [
    ...listOf(resource.category).flatMap((one) => listOf(one.coding)),
    (resource.class ?? {}) as Json,
  ];
  return kinds.some((one) => one.system === system && one.code === code);
}

/** "If this code is found in an instance": wherever in it a Coding stands, except in its meta. */
function hasCode(element: Json, { system, code }: Json): boolean {
  return Object.entries(element).some(([name, value]) => {
    if (name === 'meta') return false;
    const each = (Array.isArray(value) ? value : [value]).filter(
      (one): one is Json => typeof one === 'object' && one !== null,
    );
    const isCoding = name === 'coding' || name === 'class' || name === 'valueCoding';
    if (isCoding && each.some((one) => one.system === system && one.code === code)) return true;
    return each.some((one) => hasCode(one, { system, code }));
  });
}

function refersTo(element: unknown, target: string): boolean {
  if (Array.isArray(element)) return element.some((each) => refersTo(each, target));
  if (typeof element !== 'object' || element === null) return false;
  return (
    (element as Json).reference === target || Object.values(element).some((each) => refersTo(each, target))
  );
}

/** FHIR R4 §consent-data-meaning. */
function isOfData(
  { meaning, reference }: Json,
  effect: 'permit' | 'deny',
  { resource, store }: ConsentCase,
): boolean {
  const target = String((reference as Json).reference);
  const self = `${resource.resourceType}/${String(resource.id)}`;
  if (meaning === 'authoredby') return authorsIn(resource).includes(target);
  if (self === target) return true;
  if (meaning === 'dependents') return refersTo(resource, target);
  if (meaning !== 'related') return false;
  // IHE PCF denies "what is related to an encounter" and means what refers to it.
  return refersTo(store[target], self) || (effect === 'deny' && refersTo(resource, target));
}

function isOfTime(period: Json, effect: 'permit' | 'deny', resource: Json): boolean {
  const [from, to] = periodOf(period);
  const when = tookPlace(resource);
  if (when === undefined) return effect === 'deny';
  const [first, lastMs] = when;
  return effect === 'permit' ? first >= from && lastMs <= to : first <= to && lastMs >= from;
}

const ORDER = 'ULMNRV';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** Confidentiality is a high-water mark; any other label is or is not there. */
function isOfLabels(marks: readonly Json[], effect: 'permit' | 'deny', labels: readonly string[]): boolean {
  const levels = marks
    .filter(({ system }) => system === CONFIDENTIALITY)
    .map(({ code }) => ORDER.indexOf(String(code)));
  const others = marks.filter(({ system }) => system !== CONFIDENTIALITY);
  const hasOther = others.some(({ system, code }) => labels.includes(`${String(system)}|${String(code)}`));
  const water = labels
    .filter((label) => label.startsWith(`${CONFIDENTIALITY}|`))
    .map((label) => ORDER.indexOf(label.slice(-1)));
  const mark = Math.max(...water);
  if (effect === 'deny')
    return hasOther || (levels.length > 0 && water.length > 0 && mark >= Math.min(...levels));
  if (others.length > 0 && !hasOther) return false;
  return levels.length === 0 || (water.length > 0 && mark <= Math.max(...levels));
}

const WRITERS = ['author', 'performer', 'recorder', 'asserter', 'requester'];

/** References of those whose words or acts a resource is. */
export function authorsIn(resource: Json): string[] {
  return WRITERS.flatMap((name) => [resource[name]].flat()).flatMap((each) => {
    const reference = (each as Json | undefined)?.reference;
    return typeof reference === 'string' ? [reference] : [];
  });
}
