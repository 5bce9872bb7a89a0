/** v3-ActCode: its InformationSensitivityPolicy codes are the labels of sensitive data (HL7 HCS, DS4P). */
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Labels for which v3 has no code. */
export const OWN_LABELS = 'urn:holdfast:sensitivity';

const act = (code: string) => `${ACT_CODE}|${code}`;

/** Labels of the sensitivity classes, as `system|code`. */
export const LABEL = {
  /** Records of a substance use disorder programme: 42 CFR 2.11. */
  part2: act('42CFRPart2'),
  /** Substance use. */
  substanceUse: act('ETH'),
  substanceUseDisorder: act('SUD'),
  alcoholUse: act('ETHUD'),
  opioidUse: act('OPIOIDUD'),
  mentalHealth: act('MH'),
  psychiatry: act('PSY'),
  /** Psychotherapy notes: 45 CFR 164.501. */
  psychotherapyNotes: act('PSYTHPN'),
  /** Substance use disorder counselling notes: 42 CFR 2.11. */
  counsellingNotes: `${OWN_LABELS}|sud-counseling-notes`,
  hiv: act('HIV'),
  sexualHealth: act('SEX'),
  sexuallyTransmitted: act('STD'),
  genetic: act('GDIS'),
  violence: act('SDV'),
} as const;

/** Labels of records under 42 CFR Part 2. */
export const PART_2_LABELS: readonly string[] = [LABEL.part2, LABEL.counsellingNotes];

/** Labels of notes that each need a consent of their own: 45 CFR 164.508(b)(3)(ii), 42 CFR 2.31(b). */
export const NOTE_LABELS: readonly string[] = [LABEL.psychotherapyNotes, LABEL.counsellingNotes];

/** All of them: data that carries one is restricted whatever else is known of it. */
export const SENSITIVE_LABELS: ReadonlySet<string> = new Set(Object.values(LABEL));
