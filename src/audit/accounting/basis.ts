import { BREAK_GLASS, NOT_OPERATIONS, TREATMENT_PAYMENT_OPERATIONS } from '../../consent/index.ts';
import { purposeIsA } from '../../identity/index.ts';

/** A provision under which a disclosure is made, as its purpose is stated to the individual (45 CFR 164.528(b)(2)(iv)). */
export interface Basis {
  readonly words: string;
  /** Paragraph of 45 CFR 164.528(a)(1) that leaves the disclosure out of an accounting; absent for those that belong in. */
  readonly exclusion?: string;
}

const exclusion = (paragraph: string) => `45 CFR 164.528(a)(1)(${paragraph})`;

/** Provisions that a disclosure recorded by hand may name. */
export const BASES: Readonly<Record<string, Basis>> = {
  '164.502(a)(1)(i)': { words: 'to the individual', exclusion: exclusion('ii') },
  '164.502(a)(2)(ii)': { words: 'required by the Secretary to determine compliance' },
  '164.506': { words: 'treatment, payment or health care operations', exclusion: exclusion('i') },
  '164.508': { words: 'pursuant to an authorization', exclusion: exclusion('iv') },
  '164.510': {
    words: 'facility directory, or to persons involved in the individual’s care',
    exclusion: exclusion('v'),
  },
  '164.512(a)': { words: 'required by law' },
  '164.512(b)': { words: 'public health activities' },
  '164.512(c)': { words: 'about victims of abuse, neglect or domestic violence' },
  '164.512(d)': { words: 'health oversight activities' },
  '164.512(e)': { words: 'judicial and administrative proceedings' },
  '164.512(f)': { words: 'law enforcement purposes' },
  '164.512(g)': { words: 'coroners, medical examiners and funeral directors' },
  '164.512(h)': { words: 'cadaveric organ, eye or tissue donation' },
  '164.512(i)': { words: 'research without authorization' },
  '164.512(j)': { words: 'to avert a serious threat to health or safety' },
  '164.512(k)(1)': { words: 'military and veterans activities' },
  '164.512(k)(2)': { words: 'national security and intelligence activities', exclusion: exclusion('vi') },
  '164.512(k)(3)': { words: 'protective services' },
  '164.512(k)(4)': { words: 'medical suitability determinations' },
  '164.512(k)(5)': {
    words: 'correctional institutions and custodial situations',
    exclusion: exclusion('vii'),
  },
  '164.512(k)(6)': { words: 'government programs providing public benefits' },
  '164.512(l)': { words: 'workers’ compensation' },
  '164.514(e)': { words: 'as part of a limited data set', exclusion: exclusion('viii') },
  unlawful: { words: 'not permitted by the Privacy Rule: a breach or mistake' },
};

/** Whether a purpose of use is treatment, payment or operations as 45 CFR 164.501 has them. */
function isOwnPurpose(code: string): boolean {
  if (NOT_OPERATIONS.some((head) => purposeIsA(code, head))) return false;
  return TREATMENT_PAYMENT_OPERATIONS.some((head) => purposeIsA(code, head));
}

/**
 * The paragraph that leaves a release out of the accounting; undefined when it belongs in. Of a release by purpose of use only
 * treatment, payment and operations are left out: that a patient signed a consent does not make it the authorization that
 * 164.508(c) describes, so none is left out for its sake. Giving more than must be given is allowed.
 */
export function exclusionOf(basis: string | undefined, purposes: readonly string[]): string | undefined {
  if (basis !== undefined) return BASES[basis]?.exclusion;
  return purposes.length > 0 && purposes.every(isOwnPurpose) ? exclusion('i') : undefined;
}

/**
 * Displays of v3-PurposeOfUse: of its top level, and before that of those purposes below which are not what they stand under. A purpose
 * further down is of the kind of the one it belongs to.
 */
const DISPLAYS: Readonly<Record<string, string>> = {
  DONAT: 'donation',
  GOV: 'government',
  HDECD: 'decedent',
  HLEGAL: 'legal',
  MILCDM: 'military command',
  TREAT: 'treatment',
  HPAYMT: 'healthcare payment',
  HOPERAT: 'healthcare operations',
  HRESCH: 'healthcare research',
  PATRQT: 'patient requested',
  PUBHLTH: 'public health',
  HMARKT: 'healthcare marketing',
};

/** A purpose of use in words. */
export function purposeWords(code: string): string {
  if (code === BREAK_GLASS) return 'emergency treatment (break the glass)';
  return Object.entries(DISPLAYS).find(([head]) => purposeIsA(code, head))?.[1] ?? 'purpose of use';
}
