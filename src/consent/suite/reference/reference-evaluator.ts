import type { ConsentCase, Json, Verdict } from './consent-case.ts';
import { givesWay, isBroken, isMoreThanNeeded } from './reference-emergency.ts';
import { ageReached, lawOf, type ReferenceRule } from './reference-law.ts';
import { authorsIn, type Chain, isSpokenOf, isWithin, last, listOf } from './reference-match.ts';
import { insideDates } from './reference-time.ts';

/*
 * A second, slow evaluator of FHIR R4 Consent, written from the text of the standard: it works on the resources as they stand,
 * looks at every provision, and prepares nothing. It shares nothing with the decision but the type of a resource. Its one
 * purpose is to disagree.
 */

type Effect = 'permit' | 'deny';
type Consent = ConsentCase['consents'][number];

/** A provision that speaks of the question, with the provisions it stands in, outermost first. */
interface Speaking {
  readonly chain: Chain;
  readonly effect: Effect;
}

const NO: Verdict = { outcome: 'deny', consents: [], redactions: [] };
const YES: Verdict = { outcome: 'permit', consents: [], redactions: [] };

/** The verdict on one case. */
export function referenceVerdict(asked: ConsentCase): Verdict {
  const { request } = asked;
  const isOwn = request.organisation === request.custodian;
  if (isOwn && request.representative !== undefined) return asRepresentative(asked);
  if (request.kind === 'patient') return isOwn && request.tokenPatient === request.subject ? YES : NO;
  let denial: Verdict = NO;
  for (const purpose of request.purposes) {
    const whole = underPurpose(asked, purpose, labelsOf(asked.resource));
    if (whole === undefined) continue;
    if (whole.outcome === 'deny') {
      denial = whole;
      continue;
    }
    const redactions = inlineLabels(asked.resource, asked.resource.resourceType)
      .filter(({ labels }) => {
        const part = underPurpose(asked, purpose, [...labelsOf(asked.resource), ...labels]);
        return part === undefined || part.outcome === 'deny';
      })
      .map(({ path }) => path);
    return redactions.length === 0 ? whole : { ...whole, outcome: 'redact', redactions };
  }
  return denial;
}

/** What a minor may obtain alone is left out where it is a part of something else. */
function asRepresentative(asked: ConsentCase): Verdict {
  const { resource } = asked;
  if (!mayRepresent(asked, labelsOf(resource))) return NO;
  const redactions = inlineLabels(resource, resource.resourceType)
    .filter(({ labels }) => !mayRepresent(asked, labels))
    .map(({ path }) => path);
  return redactions.length === 0 ? YES : { ...YES, outcome: 'redact', redactions };
}

/** 45 CFR 164.502(g): treated as the patient, while the right lasts, except in what a minor obtains alone. */
function mayRepresent({ request, law }: ConsentCase, labels: readonly string[]): boolean {
  const { representative, now, subject } = request;
  if (representative === undefined || representative.patient !== subject) return false;
  const at = Date.parse(now);
  if (at < Date.parse(representative.from) || at >= Date.parse(representative.until)) return false;
  if (representative.relationship === 'agent') return true;
  const { birth } = representative;
  if (birth === undefined || ageReached(birth, 18, at)) return false;
  return !lawOf(law).minors.some(
    (service) => ageReached(birth, service.years, at) && labels.some((one) => service.labels.includes(one)),
  );
}

function underPurpose(asked: ConsentCase, purpose: string, labels: readonly string[]): Verdict | undefined {
  const { request, policy, law } = asked;
  const said = asked.consents
    .filter(({ status }) => status !== 'revoked')
    .map((consent) => ({ consent, speaking: speakingIn(consent, asked, purpose, labels) }));
  const rules = lawOf(law).rules.filter((rule) => labels.some((label) => rule.labels.includes(label)));
  const broken = purpose === 'BTG' ? isBroken(asked) : undefined;
  if (broken !== undefined) {
    // Only what speaks of emergencies by name is heard in one.
    const named = said.map(({ consent, speaking }) => ({
      consent,
      speaking: speaking.filter(({ chain }) => listOf(last(chain, 'purpose')).length > 0),
    }));
    const refusal = named.find(({ speaking }) => decisiveOf(speaking)?.effect === 'deny');
    if (refusal !== undefined) return { outcome: 'deny', consents: [refusal.consent.id], redactions: [] };
    if (rules.every((rule) => givesWay(rule, broken)))
      return { outcome: 'permit', consents: [], purpose, redactions: [] };
  }
  // Within one consent an exception counts more than what it is an exception to; what is left may still disagree: deny wins.
  const verdicts = said.map(({ consent, speaking }) => ({ consent, decisive: decisiveOf(speaking) }));
  const denial = verdicts.find(({ decisive }) => decisive?.effect === 'deny');
  if (denial !== undefined) return { outcome: 'deny', consents: [denial.consent.id], redactions: [] };
  const permitting = verdicts.filter(
    ({ consent, decisive }) => consent.status === 'active' && decisive?.effect === 'permit',
  );
  const lawful = permitting.filter(({ consent, decisive }) =>
    rules.every((rule) => isLawful(rule, consent, decisive?.chain ?? [], purpose)),
  );
  if (lawful.length > 0)
    return {
      outcome: 'permit',
      consents: lawful.map(({ consent }) => consent.id).sort(),
      purpose,
      redactions: [],
    };
  const byPolicy =
    request.organisation === request.custodian &&
    policy.some((named) => isWithin({ system: ACT_REASON, code: named }, purpose));
  const isLawfulHere = byPolicy && rules.every((rule) => isLawfulInside(rule, asked, purpose));
  if (isLawfulHere && !isMoreThanNeeded(asked, purpose))
    return { outcome: 'permit', consents: [], purpose, redactions: [] };
  return byPolicy || permitting.length > 0 ? NO : undefined;
}

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** Of what speaks in one consent, what decides. */
function decisiveOf(speaking: readonly Speaking[]): Speaking | undefined {
  const innermost = speaking.filter((one) => !speaking.some((other) => isInside(other, one)));
  return innermost.find(({ effect }) => effect === 'deny') ?? innermost.at(-1);
}

function isInside(inner: Speaking, outer: Speaking): boolean {
  return inner.chain.length > outer.chain.length && outer.chain.every((each, at) => inner.chain[at] === each);
}

function speakingIn(
  { resource }: Consent,
  asked: ConsentCase,
  purpose: string,
  labels: readonly string[],
): Speaking[] {
  const root = (resource.provision ?? {}) as Json;
  return everyChain([root]).flatMap((chain) => {
    const innermost = chain.at(-1) ?? {};
    const effect = (innermost.type ?? (chain.length === 1 ? fromPolicyRule(resource) : undefined)) as
      | Effect
      | undefined;
    if (effect === undefined || !insideDates(chain, asked.request.now)) return [];
    return isSpokenOf(chain, effect, asked, purpose, labels) ? [{ chain, effect }] : [];
  });
}

function everyChain(chain: Chain): Chain[] {
  const nested = listOf(chain.at(-1)?.provision);
  return [chain, ...nested.flatMap((each) => everyChain([...chain, each]))];
}

/** FHIR R4 §Consent.policyRule: opt-in and opt-out stand for the root rule that has no type. */
function fromPolicyRule({ policyRule }: Json): Effect | undefined {
  const codes = listOf((policyRule as Json | undefined)?.coding).map(({ code }) => code);
  if (codes.includes('OPTIN')) return 'permit';
  return codes.includes('OPTOUT') ? 'deny' : undefined;
}

/** The labels on the resource itself. */
export function labelsOf({ meta }: Json): string[] {
  return listOf((meta as Json | undefined)?.security).map(
    ({ system, code }) => `${String(system)}|${String(code)}`,
  );
}

const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

/** HL7 DS4P: elements with labels of their own. */
function inlineLabels(element: Json, path: string): { path: string; labels: string[] }[] {
  return Object.entries(element).flatMap(([name, value]) => {
    const at = `${path}.${name.replace(/^_/, '')}`;
    const isList = Array.isArray(value);
    return (isList ? value : [value]).flatMap((each: unknown, index: number) => {
      if (typeof each !== 'object' || each === null) return [];
      const where = isList ? `${at}[${index}]` : at;
      const labels = listOf((each as Json).extension)
        .filter(({ url }) => url === INLINE)
        .map(({ valueCoding }) => {
          const { system, code } = valueCoding as Json;
          return `${String(system)}|${String(code)}`;
        });
      return [
        ...(labels.length === 0 ? [] : [{ path: where, labels }]),
        ...inlineLabels(each as Json, where),
      ];
    });
  });
}

function isLawful(rule: ReferenceRule, { resource }: Consent, chain: Chain, purpose: string): boolean {
  const named = listOf(last(chain, 'securityLabel')).map(
    ({ system, code }) => `${String(system)}|${String(code)}`,
  );
  const namesIt = rule.labels.some((label) => named.includes(label));
  if (rule.asks === 'its name') return namesIt;
  if (rule.asks === 'a consent of its own') return namesIt;
  const root = (resource.provision ?? {}) as Json;
  const codings = [resource.policyRule, ...listOf(resource.category)].flatMap((one) =>
    listOf((one as Json)?.coding),
  );
  const everyPermit = everyChain([root]).filter((each) => each.at(-1)?.type === 'permit');
  const isPart2 =
    codings.some(({ code }) => code === '42CFRPart2') ||
    everyPermit.some((each) =>
      listOf(last(each, 'securityLabel')).some(({ code }) => PART_2_CODES.includes(code)),
    );
  const isForCourt = everyPermit.every((each) => {
    const purposes = listOf(last(each, 'purpose'));
    return purposes.length > 0 && purposes.every(({ code }) => code === 'HLEGAL');
  });
  return isPart2 && (purpose !== 'HLEGAL' || isForCourt);
}

const PART_2_CODES: readonly unknown[] = ['42CFRPart2', 'sud-counseling-notes'];

function isLawfulInside(rule: ReferenceRule, { request, resource }: ConsentCase, purpose: string): boolean {
  if (rule.neverInside.includes(purpose)) return false;
  if (!rule.writerOnly) return true;
  const isTreatment = isWithin({ system: ACT_REASON, code: 'TREAT' }, purpose);
  return isTreatment && authorsIn(resource).includes(request.person ?? '');
}
