import type { DecisionFacts } from '../r4/index.ts';
import { type Asked, ask } from './asked.ts';
import { planOf } from './consent-plan.ts';
import { type CompiledConsent, Decision, type DecisionRequest, type Ground } from './decision.ts';
import { BREAK_GLASS } from './emergency.ts';
import { decideEmergency } from './emergency-decision.ts';
import { isNecessary } from './minimum-necessary.ts';
import type { OrganisationPolicy } from './organisation-policy.ts';
import { letsInside, type Protections, protectionsOf, satisfies } from './protection.ts';
import { purposeBit } from './purpose-of-use.ts';
import { confidentialParts, decideRepresentative } from './representative.ts';

const OWN_RECORD = new Decision('own-record', true, {});
const NOTHING: readonly string[] = [];
const NOT_OWN_RECORD = new Decision('not-own-record', false, {});
const NO_PATIENT = new Decision('no-patient', true, {});

/**
 * May this request have this resource of this patient? Pure; `consents` are those of the patient at this custodian.
 * Any one purpose suffices; for each, a denial by any consent wins, then a permission by any that satisfies the law, then the
 * default: the policy for the custodian's own people, denial for everyone else. With several patients in a resource, ask for
 * each: all must permit. A list of consents must not change once it was asked about: what it comes to is kept with it. Linear in the
 * provisions that name the asker, the purpose and the kind of resource.
 */
export function decide(
  request: DecisionRequest,
  facts: DecisionFacts,
  consents: readonly CompiledConsent[],
  policy: OrganisationPolicy,
): Decision {
  const own = request.actorOrganisation === request.custodian;
  if (request.subject === undefined)
    return own ? NO_PATIENT : new Decision('no-consent', false, {}, request, facts);
  if (own && request.representative !== undefined) {
    const rule = decideRepresentative(request, request.representative, facts, policy.law);
    const permit = rule === 'representative';
    const redactions = permit
      ? confidentialParts(request, request.representative, facts, policy.law)
      : NOTHING;
    const withheld = redactions.map(() => new Decision('confidential-service', false, {}, request, facts));
    return new Decision(rule, permit, { redactions, withheld }, request, facts);
  }
  // A patient's token reaches that patient's record and nothing else, whatever a policy says about staff.
  if (request.kind === 'patient')
    return own && request.patient === request.subject ? OWN_RECORD : NOT_OWN_RECORD;
  const asked = ask(request, facts);
  const protections = protectionsOf(policy.law, asked.labels);
  let refusal: Decision | undefined;
  for (const purpose of request.purposes) {
    const decision = decideFor(purpose, asked, consents, policy, protections);
    if (decision?.permit === true)
      return facts.parts === undefined ? decision : inPart(decision, purpose, asked, consents, policy);
    refusal = decision ?? refusal;
  }
  return refusal ?? new Decision(own ? 'purpose-not-permitted' : 'no-consent', false, {}, request, facts);
}

/** What consents, law and policy say for one purpose; undefined when none speaks. */
function decideFor(
  purpose: string,
  asked: Asked,
  consents: readonly CompiledConsent[],
  policy: OrganisationPolicy,
  protections: Protections,
): Decision | undefined {
  const bit = purposeBit(purpose);
  if (bit === undefined) return undefined;
  const { request, facts } = asked;
  if (purpose === BREAK_GLASS && request.emergency !== undefined) {
    const emergency = decideEmergency(asked, consents, protections);
    if (emergency !== undefined) return emergency;
  }
  let permitting: Ground[] | undefined;
  let law: string | undefined;
  for (const ground of planOf(consents).speaking(asked, bit)) {
    if (ground.provision.effect === 'deny')
      return new Decision('denied-by-consent', false, { grounds: [ground] }, request, facts);
    const { status, withholds } = ground.consent;
    if (status === 'revoking') continue;
    if (withholds !== undefined && asked.labels.some((label) => withholds.has(label))) continue;
    const unsatisfied = protections?.find((each) => !satisfies(ground, each, purpose));
    if (unsatisfied !== undefined) law = unsatisfied.id;
    else if (permitting === undefined) permitting = [ground];
    else permitting.push(ground);
  }
  if (permitting !== undefined)
    return new Decision('permitted-by-consent', true, { grounds: permitting, purpose }, request, facts);
  if (request.actorOrganisation === request.custodian && policy.purposes.has(purpose)) {
    const unsatisfied = protections?.find((each) => !letsInside(each, purpose, asked));
    if (unsatisfied === undefined && !isNecessary(facts.type, purpose, request.roles))
      return new Decision('minimum-necessary', false, {}, request, facts);
    if (unsatisfied === undefined)
      return new Decision('organisation-policy', true, { purpose }, request, facts);
    law = unsatisfied.id;
  }
  return law === undefined ? undefined : new Decision('protected-by-law', false, { law }, request, facts);
}

/**
 * A resource that is permitted, without those of its parts that are not: each is decided with its own labels beside those of the
 * whole. A permission that the whole has by one consent may reach a part by another.
 */
function inPart(
  whole: Decision,
  purpose: string,
  { request, facts }: Asked,
  consents: readonly CompiledConsent[],
  policy: OrganisationPolicy,
): Decision {
  const redactions: string[] = [];
  const withheld: Decision[] = [];
  for (const { path, labels } of facts.parts ?? []) {
    const part = ask(request, facts, labels);
    const decision = decideFor(purpose, part, consents, policy, protectionsOf(policy.law, part.labels));
    if (decision?.permit === true) continue;
    redactions.push(path);
    withheld.push(decision ?? new Decision('no-consent', false, {}, request, facts));
  }
  if (redactions.length === 0) return whole;
  const { rule, grounds } = whole;
  return new Decision(rule, true, { purpose, grounds, redactions, withheld }, request, facts);
}
