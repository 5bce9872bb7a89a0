import type { DecisionRequest } from './decision.ts';
import type { Protection } from './law-profile.ts';

/** v3 PurposeOfUse "break the glass": what a token says of somebody who asks in an emergency. */
export const BREAK_GLASS = 'BTG';

/** Why somebody may break the glass, each with the clause that knows the reason. */
export const EMERGENCY_REASONS = {
  'medical-emergency': {
    words: 'A medical emergency in which the patient cannot be asked first.',
    source: '45 CFR 164.506(c), 164.522(a)(1)(iii); 42 CFR 2.51(a)(1)',
  },
  disaster: {
    words: 'A declared disaster, in which whoever would be asked is closed.',
    source: '42 CFR 2.51(a)(2)',
  },
  'serious-threat': {
    words: 'A serious and imminent threat to the health or safety of a person or the public.',
    source: '45 CFR 164.512(j)(1)(i)',
  },
} as const satisfies Record<string, { readonly words: string; readonly source: string }>;

/** Code of one of {@link EMERGENCY_REASONS}. */
export type EmergencyReason = keyof typeof EMERGENCY_REASONS;

/** True for a reason that there is. */
export function isEmergencyReason(text: unknown): text is EmergencyReason {
  return typeof text === 'string' && Object.hasOwn(EMERGENCY_REASONS, text);
}

/** Glass that was broken: one person, one patient, one reason, for a time. */
export interface Emergency {
  readonly id: string;
  /** Logical id of the patient at the custodian. */
  readonly patient: string;
  readonly reason: EmergencyReason;
  /** It opens from this instant, in milliseconds since 1970. */
  readonly fromMs: number;
  /** It opens before this instant. */
  readonly untilMs: number;
}

/** What a rule of law leaves open to somebody who broke the glass. */
export interface EmergencyRule {
  readonly reasons: readonly EmergencyReason[];
  readonly source: string;
}

const TREATING: readonly EmergencyReason[] = ['medical-emergency', 'disaster'];

/** By id of the protection. A protection that is not here opens to nobody: a right must have its clause. */
export const EMERGENCY_RULES: Readonly<Record<string, EmergencyRule>> = {
  '42 CFR Part 2': { reasons: TREATING, source: '42 CFR 2.51(a)' },
  // 2.31(b) asks for a consent of its own "notwithstanding any provision"; 2.51 does not name the notes: the stricter reading.
  '42 CFR 2.31(b)': { reasons: [], source: '42 CFR 2.31(b)(1)' },
  // Treatment by others than the originator is no exception, whatever the emergency; a serious and imminent threat is.
  '45 CFR 164.508(a)(2)': {
    reasons: ['serious-threat'],
    source: '45 CFR 164.508(a)(2)(ii), 164.512(j)(1)(i)',
  },
  'Cal. H&S 120980(g)': { reasons: TREATING, source: 'Cal. Health & Safety Code 120985(a)' },
  'Cal. Civ. Code 56.17': { reasons: [], source: 'Cal. Civil Code 56.17' },
  'N.Y. PHL 2782': { reasons: TREATING, source: 'N.Y. Public Health Law 2782(1)(d)' },
  'N.Y. MHL 33.13': { reasons: TREATING, source: 'N.Y. Mental Hygiene Law 33.13(d)' },
  'N.Y. Civ. Rights Law 79-l': { reasons: [], source: 'N.Y. Civil Rights Law 79-l(3)' },
};

/** Types that no emergency needs: who looked at the record is not the clinician's to read (45 CFR 164.514(d)(2)). */
const NOT_OPENED: ReadonlySet<string> = new Set(['AuditEvent', 'Consent']);

/** The emergency under which a resource of a type is asked for; undefined when none is open for this patient at this moment. */
export function emergencyOf(request: DecisionRequest, type: string): Emergency | undefined {
  const { emergency, subject, nowMs } = request;
  if (emergency === undefined || subject === undefined || emergency.patient !== subject) return undefined;
  if (nowMs < emergency.fromMs || nowMs >= emergency.untilMs || NOT_OPENED.has(type)) return undefined;
  return emergency;
}

/** Whether a rule of law opens to an emergency. */
export function opensTo({ id }: Protection, { reason }: Emergency): boolean {
  return EMERGENCY_RULES[id]?.reasons.includes(reason) === true;
}
