import { IdentityError } from './errors.ts';

/** System of the codes: http://terminology.hl7.org/CodeSystem/v3-ActReason, value set v3-PurposeOfUse. */
export const PURPOSE_OF_USE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** The purpose when none is asked for (DESIGN §6). */
export const DEFAULT_PURPOSE = 'TREAT';

/** A token that names more than a handful of purposes names none. */
const MAX_PURPOSES = 16; // more than there are top-level purposes

/** The hierarchy of v3-PurposeOfUse, child → parent; the abstract root `PurposeOfUse` says nothing and is left out. */
const parents: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries({
    '': 'HMARKT HOPERAT HPAYMT HRESCH PATRQT PUBHLTH TREAT',
    HOPERAT:
      'CAREMGT DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP HQUALIMP HSYSADMIN MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT SYSDEV TRAIN',
    HSYSADMIN: 'LABELING METAMGT',
    SYSDEV: 'HTEST',
    HPAYMT: 'CLMATTCH COVAUTH COVERAGE REMITADV',
    COVERAGE: 'ELIGDTRM ELIGVER ENROLLM MILDCRG',
    HRESCH: 'BIORCH CLINTRCH DSRCH POARCH TRANSRCH',
    CLINTRCH: 'CLINTRCHNPC CLINTRCHPC PRECLINTRCH',
    PATRQT: 'FAMRQT PWATRNY SUPNWK',
    PUBHLTH: 'DISASTER THREAT',
    TREAT: 'CLINTRL COC ETREAT POPHLTH',
    ETREAT: 'BTG ERTREAT',
  }).flatMap(([parent, children]) =>
    children
      .split(' ')
      .map((child): [string, string | undefined] => [child, parent === '' ? undefined : parent]),
  ),
);

/** Every code that a token may carry. */
export const purposeCodes: readonly string[] = [...parents.keys()];

/** True when `code` is `ancestor` or stands below it (v3 hierarchy); false for a code that does not exist. */
export function purposeIsA(code: string, ancestor: string): boolean {
  if (!parents.has(code)) return false;
  for (let at: string | undefined = code; at !== undefined; at = parents.get(at))
    if (at === ancestor) return true;
  return false;
}

/**
 * The purposes named in a text, separated by spaces, in order and without repeats. Throws IdentityError
 * `purpose-unknown` for anything that is not a code of v3 PurposeOfUse, and for none at all.
 */
export function parsePurposes(text: string): readonly string[] {
  const codes = [...new Set(text.split(' ').filter((code) => code !== ''))];
  const unknown = codes.find((code) => !parents.has(code));
  if (unknown !== undefined || codes.length === 0 || codes.length > MAX_PURPOSES) {
    throw new IdentityError(
      'purpose-unknown',
      'purpose_of_use takes v3 PurposeOfUse codes such as TREAT, separated by spaces.',
    );
  }
  return codes;
}
