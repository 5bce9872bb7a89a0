import { cvx, type Term } from '../code-system.ts';

const term = (code: string, display: string): Term => cvx(code, display);

export const HEPATITIS_B = term('08', 'Hep B, adolescent or pediatric');
export const ROTAVIRUS = term('119', 'rotavirus, monovalent');
export const DTAP = term('20', 'DTaP');
export const DTAP_IPV = term('130', 'DTaP-IPV');
export const HIB = term('49', 'Hib (PRP-OMP)');
export const PCV13 = term('133', 'Pneumococcal conjugate PCV 13');
export const PCV20 = term(
  '216',
  'Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF',
);
export const PPV23 = term('33', 'pneumococcal polysaccharide PPV23');
export const IPV = term('10', 'IPV');
export const MMR = term('03', 'MMR');
export const VARICELLA = term('21', 'varicella');
export const HEPATITIS_A = term('83', 'Hep A, ped/adol, 2 dose');
export const HPV9 = term('165', 'HPV9');
export const MENINGOCOCCAL = term('114', 'meningococcal MCV4P');
export const TDAP = term('115', 'Tdap');
export const TD = term('113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed');
export const ZOSTER = term('187', 'zoster recombinant');

const INFLUENZA_TRIVALENT = term('140', 'Influenza, split virus, trivalent, PF');
const INFLUENZA_QUADRIVALENT = term('150', 'Influenza, split virus, quadrivalent, PF');
/** From the season of 2024 on, influenza vaccines in the United States are trivalent again. */
const FIRST_TRIVALENT_YEAR = 2024;

/** Returns the influenza vaccine of the season that begins in that year. */
export function influenzaVaccine(year: number): Term {
  return year < FIRST_TRIVALENT_YEAR ? INFLUENZA_QUADRIVALENT : INFLUENZA_TRIVALENT;
}

/** COVID-19 vaccines by the date from which they were given, newest last. */
const COVID_19: readonly (readonly [fromDate: string, vaccine: Term])[] = [
  ['2021-03-01', term('208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose')],
  ['2022-09-05', term('300', 'COVID-19, mRNA, LNP-S, bivalent, PF, 30 mcg/0.3 mL dose')],
  ['2023-09-15', term('309', 'COVID-19, mRNA, LNP-S, PF, tris-sucrose, 30 mcg/0.3 mL')],
];

/** Returns the COVID-19 vaccine in use on that date (`2022-10-01`), or undefined before there was one. */
export function covidVaccine(date: string): Term | undefined {
  return COVID_19.findLast(([fromDate]) => fromDate <= date)?.[1];
}
