import { authorisationsOf } from './authorisation.ts';
import { compileCriteria, type LinksOf } from './compile-criteria.ts';
import { namesGroups, relatedOf } from './compiled-names.ts';
import { ANY_ACTION } from './consent-action.ts';
import type { Criteria, Effect } from './criteria.ts';
import type { CompiledConsent, ConsentStatus } from './decision.ts';
import { asElement, type Element, elementsOf, type Findings, refuse, refuseUnknown } from './element.ts';
import type { ConsentIssue } from './errors.ts';
import type { Provision } from './provision.ts';
import { ALL_PURPOSES } from './purpose-of-use.ts';
import { ACT_CODE as V3_ACT_CODE } from './sensitivity.ts';

/** Most provisions in one Consent, nested ones included: every decision walks through all of them. */
const MAX_PROVISIONS = 256; // 20 consents of this size still take less than a millisecond to decide

/** Deepest nesting of provisions: exceptions to exceptions to exceptions are as much as anyone can follow. */
const MAX_PROVISION_DEPTH = 8; // also bounds recursion

const CONSENT_SCOPES = 'http://terminology.hl7.org/CodeSystem/consentscope';
/** Codes that name the form or regulation of a Consent; they add no rule. */
const FORM_CODES = 'http://terminology.hl7.org/CodeSystem/consentpolicycodes';

/** Scopes that are about who may have data; advance directives and treatment are not. */
const SCOPES: readonly unknown[] = ['patient-privacy', 'research'];

/** Members of Consent that say who, when and on what paper, and so cannot narrow a rule (FHIR R4 §Consent). */
const UNDERSTOOD = [
  'resourceType',
  'meta',
  'text',
  'language',
  'contained',
  'identifier',
  'status',
  'scope',
  'category',
  'patient',
  'dateTime',
  'performer',
  'organization',
  'sourceAttachment',
  'sourceReference',
  'policy',
  'policyRule',
  'verification',
  'provision',
];

const PROVISION_UNDERSTOOD = [
  'type',
  'period',
  'actor',
  'purpose',
  'securityLabel',
  'class',
  'code',
  'action',
  'data',
  'dataPeriod',
  'provision',
];

const NO_CRITERIA: Criteria = {
  organisations: undefined,
  actors: undefined,
  actions: ANY_ACTION,
  purposes: ALL_PURPOSES,
  fromMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
  types: undefined,
  kinds: undefined,
  codes: undefined,
  labels: undefined,
  instances: undefined,
  data: undefined,
};

/** What became of a Consent: something to decide with, or every reason why not. */
export type Compilation =
  | { readonly consent: CompiledConsent }
  | { readonly refused: readonly ConsentIssue[] };

/**
 * Makes a FHIR R4 Consent ready for {@link decide}. Whatever it says that cannot be enforced is refused with its
 * FHIRPath, never passed over. `id` and `status` are the ledger's; the resource's own status must be `active`. `linksOf` tells what
 * the resources refer to that it names as `related`, which is refused without it.
 */
export function compileConsent(
  resource: unknown,
  id: string,
  status: ConsentStatus,
  linksOf?: LinksOf,
): Compilation {
  const findings: Findings = { issues: [], criteria: 0, provisions: 0 };
  const consent = asElement(resource) ?? {};
  if (consent.resourceType !== 'Consent')
    refuse(findings, 'Consent', 'invalid', 'A Consent resource is expected.');
  refuseUnknown(consent, 'Consent', UNDERSTOOD, findings);
  if (consent.status !== 'active')
    refuse(findings, 'Consent.status', 'unsupported', 'Only an active Consent can be recorded.');
  checkScope(consent, findings);
  const base = baseRule(consent.policyRule, findings);
  const root = asElement(consent.provision);
  if (root === undefined && base === undefined) {
    refuse(findings, 'Consent.provision', 'missing', 'A Consent needs a provision to be enforced.');
  }
  const provision = compileProvision(
    root ?? {},
    'Consent.provision',
    { base, parent: NO_CRITERIA, depth: 1, linksOf },
    findings,
  );
  if (!decidesAnything(provision)) {
    refuse(
      findings,
      'Consent.provision.type',
      'missing',
      'Neither the provision nor any nested in it permits or denies.',
    );
  }
  const authorises = authorisationsOf(consent, provision, findings);
  if (findings.issues.length > 0) return { refused: findings.issues };
  const grantees = [...new Set(granteesOf(provision))].sort();
  const related = [...new Set(relatedOf(provision))];
  return {
    consent: {
      id,
      status,
      provision,
      grantees,
      authorises,
      related,
      namesGroups: namesGroups(provision),
      withholds: undefined,
    },
  };
}

function checkScope(consent: Element, findings: Findings): void {
  const codings = elementsOf(asElement(consent.scope)?.coding, 'Consent.scope.coding', findings);
  if (!codings.some(({ element }) => element.system === CONSENT_SCOPES && SCOPES.includes(element.code))) {
    refuse(
      findings,
      'Consent.scope',
      'unsupported',
      'The scope of a Consent enforced here is patient-privacy or research.',
    );
  }
}

/** FHIR R4 §Consent.policyRule: the regulation or opt-in and opt-out from which the root rule follows. */
function baseRule(policyRule: unknown, findings: Findings): Effect | undefined {
  if (policyRule === undefined) return undefined;
  const codings = elementsOf(asElement(policyRule)?.coding, 'Consent.policyRule.coding', findings);
  for (const { path, element } of codings) {
    if (element.system === V3_ACT_CODE && element.code === 'OPTIN') return 'permit';
    if (element.system === V3_ACT_CODE && element.code === 'OPTOUT') return 'deny';
    const isLaw = element.system === V3_ACT_CODE && element.code === '42CFRPart2';
    if (element.system !== FORM_CODES && !isLaw)
      refuse(
        findings,
        path,
        'unsupported',
        'A policy rule is OPTIN or OPTOUT of v3-ActCode, or names a form by consentpolicycodes.',
      );
  }
  if (codings.length === 0)
    refuse(
      findings,
      'Consent.policyRule',
      'unsupported',
      'A policy rule needs a coding; text alone cannot be enforced.',
    );
  return undefined;
}

interface Place {
  base: Effect | undefined;
  parent: Criteria;
  depth: number;
  linksOf: LinksOf | undefined;
}

function compileProvision(element: Element, path: string, place: Place, findings: Findings): Provision {
  findings.provisions++;
  if (place.depth > MAX_PROVISION_DEPTH || findings.provisions > MAX_PROVISIONS) {
    refuseSize(findings, path, place.depth);
    return { path, effect: undefined, criteria: place.parent, exceptions: [] };
  }
  refuseUnknown(element, path, PROVISION_UNDERSTOOD, findings);
  const effect = effectOf(element.type, path, place, findings);
  const criteria = compileCriteria(element, path, place.parent, findings, place.linksOf);
  const exceptions = elementsOf(element.provision, `${path}.provision`, findings).map((nested) =>
    compileProvision(
      nested.element,
      nested.path,
      { ...place, base: undefined, parent: criteria, depth: place.depth + 1 },
      findings,
    ),
  );
  return { path, effect, criteria, exceptions };
}

function refuseSize(findings: Findings, path: string, depth: number): void {
  const [code, message] =
    depth > MAX_PROVISION_DEPTH
      ? (['too-deep', `Provisions may be nested ${MAX_PROVISION_DEPTH} deep.`] as const)
      : (['too-many-provisions', `A Consent may hold ${MAX_PROVISIONS} provisions in all.`] as const);
  if (!findings.issues.some((issue) => issue.code === code)) refuse(findings, path, code, message);
}

/** R4 says that the root rule has no type and every nested one has; most written Consents carry it at the root too. */
function effectOf(
  type: unknown,
  path: string,
  { base, depth }: Place,
  findings: Findings,
): Effect | undefined {
  if (type === undefined) {
    if (depth > 1) refuse(findings, `${path}.type`, 'missing', 'A nested provision permits or denies.');
    return base;
  }
  if (type !== 'permit' && type !== 'deny') {
    refuse(findings, `${path}.type`, 'invalid', 'A provision permits or denies.');
    return undefined;
  }
  if (base !== undefined && base !== type)
    refuse(
      findings,
      `${path}.type`,
      'contradiction',
      'The policy rule and the root provision say opposite things.',
    );
  return type;
}

function decidesAnything(provision: Provision): boolean {
  return provision.effect !== undefined || provision.exceptions.some(decidesAnything);
}

function granteesOf(provision: Provision): string[] {
  const { organisations, actors } = provision.criteria;
  const members = [
    ...(organisations ?? []),
    ...(actors ?? []).flatMap(({ organisation }) => organisation ?? []),
  ];
  const own = provision.effect === 'permit' ? members : [];
  return [...own, ...provision.exceptions.flatMap(granteesOf)];
}
