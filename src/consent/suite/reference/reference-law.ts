/** A protection by law, as the reference evaluator reads it. */
export interface ReferenceRule {
  readonly labels: readonly string[];
  readonly asks: 'a Part 2 consent' | 'its name' | 'a consent of its own';
  readonly neverInside: readonly string[];
  readonly writerOnly: boolean;
}

interface ReferenceLaw {
  readonly rules: readonly ReferenceRule[];
  readonly minors: readonly { readonly years: number; readonly labels: readonly string[] }[];
}

const act = (...codes: string[]) =>
  codes.map((code) => `http://terminology.hl7.org/CodeSystem/v3-ActCode|${code}`);

/** 42 CFR 2.31, 2.33; 2.31(b); 45 CFR 164.508(a)(2). */
const federal: readonly ReferenceRule[] = [
  { labels: act('42CFRPart2'), asks: 'a Part 2 consent', neverInside: ['HLEGAL'], writerOnly: false },
  {
    labels: ['urn:holdfast:sensitivity|sud-counseling-notes'],
    asks: 'a consent of its own',
    neverInside: ['HLEGAL'],
    writerOnly: true,
  },
  { labels: act('PSYTHPN'), asks: 'a consent of its own', neverInside: [], writerOnly: true },
];

const named = (...codes: string[]): ReferenceRule => ({
  labels: act(...codes),
  asks: 'its name',
  neverInside: [],
  writerOnly: false,
});

const laws: Record<'none' | 'us' | 'us-ny', ReferenceLaw> = {
  none: { rules: [], minors: [] },
  us: { rules: federal, minors: [{ years: 0, labels: act('42CFRPart2') }] },
  'us-ny': {
    rules: [...federal, named('HIV'), named('MH', 'PSY'), named('GDIS')],
    minors: [
      { years: 0, labels: act('42CFRPart2', 'ETH', 'SUD', 'ETHUD', 'OPIOIDUD') },
      { years: 0, labels: act('SEX', 'STD', 'HIV') },
      { years: 12, labels: act('MH', 'PSY', 'PSYTHPN') },
    ],
  },
};

/** The law of a profile. */
export function lawOf(id: 'none' | 'us' | 'us-ny'): ReferenceLaw {
  return laws[id];
}

/** Whether somebody born on a date has reached an age at an instant: from the first moment of the birthday in UTC. */
export function ageReached(birth: string, years: number, atMs: number): boolean {
  const [year = 0, month = 1, day = 1] = birth.split('-').map(Number);
  return atMs >= new Date(Date.UTC(year + years, month - 1, day)).getTime();
}
