import type { Asked } from './asked.ts';
import { applies } from './criteria.ts';
import { type CompiledConsent, Decision } from './decision.ts';
import { BREAK_GLASS, emergencyOf, opensTo } from './emergency.ts';
import type { Protections } from './protection.ts';
import type { Provision } from './provision.ts';
import { purposeBit } from './purpose-of-use.ts';

const BIT = purposeBit(BREAK_GLASS);

/** As `evaluate`, of those provisions alone that name the purpose: what is said of everything was not said of emergencies. */
function evaluateNamed(provision: Provision, asked: Asked): Provision | undefined {
  const { effect, criteria, exceptions } = provision;
  let found: Provision | undefined;
  for (const exception of exceptions) {
    const exceptional = evaluateNamed(exception, asked);
    if (exceptional?.effect === 'deny') return exceptional;
    found = exceptional ?? found;
  }
  if (found !== undefined || effect === undefined || BIT === undefined || criteria.purposes.any) return found;
  return applies(criteria, effect, asked, BIT) ? provision : undefined;
}

/**
 * What breaking the glass comes to for one resource; undefined when the glass is not broken for it, and the other rules decide. A
 * restriction does not hold in an emergency (45 CFR 164.522(a)(1)(iii)), but the law only lets the custodian pass over it: a patient
 * who denies breaking the glass by name is heard. What law protects opens only where the law says so.
 */
export function decideEmergency(
  asked: Asked,
  consents: readonly CompiledConsent[],
  protections: Protections,
): Decision | undefined {
  const { request, facts } = asked;
  const emergency = emergencyOf(request, facts.type);
  if (emergency === undefined) return undefined;
  for (const consent of consents) {
    if (consent.status === 'revoked') continue;
    const provision = evaluateNamed(consent.provision, asked);
    if (provision?.effect !== 'deny') continue;
    return new Decision('denied-by-consent', false, { grounds: [{ consent, provision }] }, request, facts);
  }
  if (protections?.every((each) => opensTo(each, emergency)) === false) return undefined;
  return new Decision('break-glass', true, { purpose: BREAK_GLASS }, request, facts);
}
