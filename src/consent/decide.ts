import type { DecisionFacts } from '../r4/index.ts';
import type { CompiledConsent, Decision, DecisionRequest, DecisionRule } from './decision.ts';
import type { OrganisationPolicy } from './organisation-policy.ts';
import { evaluate } from './provision.ts';
import { purposeBit } from './purpose-of-use.ts';

const NONE: readonly string[] = [];

const without = (permit: boolean, rule: DecisionRule): Decision =>
  Object.freeze({ permit, rule, consents: NONE });

const OWN_RECORD = without(true, 'own-record');
const NOT_OWN_RECORD = without(false, 'not-own-record');
const NO_PATIENT = without(true, 'no-patient');
const NO_CONSENT = without(false, 'no-consent');
const PURPOSE_NOT_PERMITTED = without(false, 'purpose-not-permitted');

/**
 * May this request have this resource of this patient? Pure; `consents` are those of the patient at this custodian.
 * Any one purpose suffices; for each, a denial by any consent wins, then a permission by any, then the default: the
 * policy for the custodian's own people, denial for everyone else. With several patients in a resource, ask for each: all
 * must permit. Linear in the provisions.
 */
export function decide(
  request: DecisionRequest,
  facts: DecisionFacts,
  consents: readonly CompiledConsent[],
  policy: OrganisationPolicy,
): Decision {
  const own = request.actorOrganisation === request.custodian;
  if (request.subject === undefined) return own ? NO_PATIENT : NO_CONSENT;
  // A patient's token reaches that patient's record and nothing else, whatever a policy says about staff.
  if (request.kind === 'patient')
    return own && request.patient === request.subject ? OWN_RECORD : NOT_OWN_RECORD;
  let refusal = own ? PURPOSE_NOT_PERMITTED : NO_CONSENT;
  for (const purpose of request.purposes) {
    const decision = decideFor(purpose, request, facts, consents);
    if (decision?.permit === true) return decision;
    if (decision !== undefined) refusal = decision;
    else if (own && policy.purposes.has(purpose)) {
      return { permit: true, rule: 'organisation-policy', consents: NONE, purpose };
    }
  }
  return refusal;
}

/** What the consents say for one purpose; undefined when none speaks. */
function decideFor(
  purpose: string,
  request: DecisionRequest,
  facts: DecisionFacts,
  consents: readonly CompiledConsent[],
): Decision | undefined {
  const bit = purposeBit(purpose);
  if (bit === undefined) return undefined;
  let permitting: string[] | undefined;
  for (const consent of consents) {
    if (consent.status === 'revoked') continue;
    const effect = evaluate(consent.provision, request, bit, facts);
    if (effect === 'deny') return { permit: false, rule: 'denied-by-consent', consents: [consent.id] };
    if (effect === undefined || consent.status === 'revoking') continue;
    if (permitting === undefined) permitting = [consent.id];
    else permitting.push(consent.id);
  }
  return permitting === undefined
    ? undefined
    : { permit: true, rule: 'permitted-by-consent', consents: permitting, purpose };
}
