import { describe, expect, test } from 'vitest';
import { decisionFacts, parseResource } from '../../r4/index.ts';
import {
  computeLabels,
  DEFAULT_CODE_SETS,
  DEFAULT_LABEL_RULES,
  decidableFacts,
  highWaterMark,
  LABEL,
  labelled,
  labelRules,
  NO_LABEL_RULES,
} from '../index.ts';
import { ICD_10_CM, LOINC, RXNORM, SNOMED_CT } from './code-set.ts';

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const NORMAL = `${CONFIDENTIALITY}|N`;
const RESTRICTED = `${CONFIDENTIALITY}|R`;

const condition = (system: string, code: string, more: object = {}) => {
  const resource = {
    resourceType: 'Condition',
    id: 'a',
    subject: { reference: 'Patient/p' },
    code: { coding: [{ system, code }] },
    ...more,
  };
  return decisionFacts(parseResource(JSON.stringify(resource)).resource);
};
const labelsOf = (...given: Parameters<typeof condition>) =>
  computeLabels(DEFAULT_LABEL_RULES, condition(...given));

describe('a code makes its resource sensitive', () => {
  test.each([
    [ICD_10_CM, 'F11.20', LABEL.opioidUse],
    [ICD_10_CM, 'F10.10', LABEL.alcoholUse],
    [SNOMED_CT, '191816009', LABEL.substanceUse],
    [ICD_10_CM, 'F33.1', LABEL.mentalHealth],
    [SNOMED_CT, '58214004', LABEL.mentalHealth],
    [ICD_10_CM, 'B20', LABEL.hiv],
    [LOINC, '20447-9', LABEL.hiv],
    [ICD_10_CM, 'A54.00', LABEL.sexuallyTransmitted],
    [ICD_10_CM, 'Z30.011', LABEL.sexualHealth],
    [ICD_10_CM, 'Z15.01', LABEL.genetic],
    [ICD_10_CM, 'T74.11XA', LABEL.violence],
    [LOINC, '76499-3', LABEL.violence],
    [RXNORM, '1999667', LABEL.hiv], // bictegravir, emtricitabine, tenofovir alafenamide
    [RXNORM, '476556', LABEL.hiv], // emtricitabine, tenofovir disoproxil: prophylaxis too
    [RXNORM, '1010604', LABEL.opioidUse], // buprenorphine with naloxone, sublingual film
    [RXNORM, '864978', LABEL.opioidUse], // methadone 40 mg, dispersible
    [RXNORM, '637213', LABEL.substanceUseDisorder], // naltrexone 380 mg, injection
    [RXNORM, '835726', LABEL.alcoholUse], // acamprosate
  ])('%s %s', (system, code, label) => {
    expect(labelsOf(system, code)).toEqual(expect.arrayContaining([label, RESTRICTED]));
  });

  test('and of one that is a megabyte long no more is looked at than the longest beginning has', () => {
    const codes = Array.from({ length: 200 }, (_, at) => `${ICD_10_CM}|F11.${'0'.repeat(1_000_000)}${at}`);
    const began = process.cpuUsage();
    expect(computeLabels(DEFAULT_LABEL_RULES, { ...condition(ICD_10_CM, 'I10'), codes })).toContain(
      LABEL.opioidUse,
    );
    // Every beginning of each would be 200 million of them.
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(5);
  });

  test('at whatever depth it stands', () => {
    const evidence = [{ code: [{ coding: [{ system: ICD_10_CM, code: 'F14.10' }] }] }];
    expect(labelsOf(ICD_10_CM, 'I10', { evidence })).toContain(LABEL.substanceUse);
  });

  test('in its own system only, and not by a part of itself', () => {
    expect(labelsOf('urn:elsewhere', 'F11.20')).toEqual([NORMAL]);
    expect(labelsOf(ICD_10_CM, 'F1')).toEqual([NORMAL]);
    expect(labelsOf(ICD_10_CM, 'F17.210')).toEqual([NORMAL]);
    expect(labelsOf(SNOMED_CT, '1918160091')).toEqual([NORMAL]);
  });
});

test.each([
  ['864706', 'methadone 10 mg tablet'],
  ['904870', 'buprenorphine transdermal system'],
  ['238129', 'buprenorphine 0.3 mg injection'],
  ['349251', 'tenofovir disoproxil alone'],
  ['900575', 'ritonavir 100 mg tablet'],
  ['1551468', 'naltrexone with bupropion'],
])('a medicine that is given for something else as well tells nothing: RxNorm %s, %s', (code) => {
  expect(labelsOf(RXNORM, code)).toEqual([NORMAL]);
});

describe('confidentiality', () => {
  test('is normal where nothing is known to be sensitive, and restricted where an author says so', () => {
    expect(labelsOf(ICD_10_CM, 'I10')).toEqual([NORMAL]);
    const [system, code] = LABEL.psychotherapyNotes.split('|');
    expect(labelsOf(ICD_10_CM, 'I10', { meta: { security: [{ system, code }] } })).toEqual([RESTRICTED]);
  });

  test('never lowers or repeats what the author marked', () => {
    const marked = (code: string) => ({ meta: { security: [{ system: CONFIDENTIALITY, code }] } });
    expect(labelsOf(ICD_10_CM, 'I10', marked('V'))).toEqual([]);
    expect(labelsOf(ICD_10_CM, 'F11.20', marked('R'))).not.toContain(RESTRICTED);
  });
});

describe('a program under 42 CFR Part 2', () => {
  const unit = { asserter: { reference: 'Practitioner/counsellor' } };
  test('makes everything of a patient a Part 2 record, whatever its code', () => {
    const rules = labelRules(DEFAULT_CODE_SETS, 'organisation');
    expect(computeLabels(rules, condition(ICD_10_CM, 'I10'))).toEqual([RESTRICTED, LABEL.part2].sort());
    const place = decisionFacts({ resourceType: 'Location', id: 'here' });
    expect(computeLabels(rules, place)).toEqual([NORMAL]);
  });

  test('inside a general hospital makes what names it one, and nothing else', () => {
    const rules = labelRules(DEFAULT_CODE_SETS, ['Practitioner/counsellor']);
    expect(computeLabels(rules, condition(ICD_10_CM, 'I10', unit))).toContain(LABEL.part2);
    expect(computeLabels(rules, condition(ICD_10_CM, 'F11.20'))).not.toContain(LABEL.part2);
  });
});

describe('labels are kept beside the version', () => {
  const facts = condition(ICD_10_CM, 'F11.20');

  test('and count in a decision without being those of its meta', () => {
    const kept = labelled(DEFAULT_LABEL_RULES, facts);
    expect(kept.labels).toEqual([]);
    expect(decidableFacts(DEFAULT_LABEL_RULES, kept).labels).toContain(LABEL.opioidUse);
  });

  test('and are worked out anew when the rules have changed since', () => {
    const kept = labelled(DEFAULT_LABEL_RULES, facts);
    const later = labelRules(DEFAULT_CODE_SETS, 'organisation');
    expect(decidableFacts(later, kept).labels).toContain(LABEL.part2);
    expect(decidableFacts(DEFAULT_LABEL_RULES, kept).labels).not.toContain(LABEL.part2);
    expect(decidableFacts(NO_LABEL_RULES, kept).labels).toEqual([]);
  });

  test('and a version that was kept before there were any has them as well', () => {
    expect(decidableFacts(DEFAULT_LABEL_RULES, facts).labels).toContain(LABEL.opioidUse);
  });
});

describe('each default code set', () => {
  test.each(DEFAULT_CODE_SETS.map((set) => [set.id, set] as const))(
    '%s names its source, known labels, and codes in the form of their system',
    (_id, { source, labels, codes }) => {
      expect(source).toMatch(ICD_10_CM in codes ? /ICD-10-CM/ : /VSAC/);
      for (const label of labels) expect(Object.values(LABEL)).toContain(label);
      for (const code of codes[ICD_10_CM] ?? [])
        expect(code).toMatch(/^[A-Z][0-9][0-9A-Z]?(\.[0-9A-Z]+)?\*$/);
      for (const code of codes[RXNORM] ?? []) expect(code).toMatch(/^[1-9][0-9]{5,6}$/);
      for (const code of codes[SNOMED_CT] ?? []) expect([code, isSctid(code)]).toEqual([code, true]);
      for (const code of codes[LOINC] ?? []) expect([code, isLoinc(code)]).toEqual([code, true]);
    },
  );
});

test('the highest mark of several is the highest confidentiality and every other label', () => {
  expect(highWaterMark([[NORMAL], [RESTRICTED, LABEL.hiv], [LABEL.hiv, LABEL.part2]])).toEqual([
    { system: CONFIDENTIALITY, code: 'R' },
    { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '42CFRPart2' },
    { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' },
  ]);
  expect(highWaterMark([])).toEqual([]);
});

/** The check digit of a SNOMED CT identifier (Verhoeff, SNOMED CT TIG §5.5): a mistyped one is none. */
function isSctid(code: string): boolean {
  const multiplied = (a: number, b: number): number => {
    const turns = (n: number) => (n < 5 ? n : n - 5);
    if (a < 5) return b < 5 ? (a + b) % 5 : ((a + turns(b)) % 5) + 5;
    return b < 5 ? ((turns(a) - b + 5) % 5) + 5 : (turns(a) - turns(b) + 5) % 5;
  };
  const permuted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((_, row) => row);
  const base = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const turn = (digit: number, times: number) => {
    let found = permuted[digit] ?? 0;
    for (let at = 0; at < times % 8; at++) found = base[found] ?? 0;
    return found;
  };
  let check = 0;
  for (const [at, digit] of [...code].reverse().entries()) check = multiplied(check, turn(Number(digit), at));
  return check === 0;
}

/** The check digit of a LOINC code (modulus 10, double-add-double). */
function isLoinc(code: string): boolean {
  const [digits = '', check] = code.split('-');
  let sum = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    const value = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  }
  return (10 - (sum % 10)) % 10 === Number(check);
}
