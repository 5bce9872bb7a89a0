import type { Money } from '@medplum/fhirtypes';
import { CODE_SYSTEM, hcpcs, type Term } from '../code-system.ts';
import { decimal } from '../decimal.ts';
import type { CareOrganisation } from '../profile.ts';
import type { Random } from '../xoshiro128.ts';
import type { Setting } from './site.ts';

/** Base price of a visit in US dollars; a night in hospital comes on top. */
const VISIT_PRICE: Readonly<Record<Setting, number>> = {
  ambulatory: 148,
  virtual: 85,
  emergency: 920,
  inpatient: 2100,
};
/** Price of a service in US dollars by the system that codes it: vaccines, operations, everything else. */
const SERVICE_PRICE: Readonly<Record<string, number>> = {
  [CODE_SYSTEM.cvx]: 42,
  [CODE_SYSTEM.icd10pcs]: 6400,
  [CODE_SYSTEM.snomed]: 260,
};
/** US dollars for a service of another system. */
const OTHER_PRICE = 180;
/** US dollars for a night in hospital. */
const NIGHT_PRICE = 1850;
/** Prices differ by this share from one bill to the next. */
const SPREAD = 0.12;

const HOSPITAL_VISIT = hcpcs(
  'G0463',
  'Hospital outpatient clinic visit for assessment and management of a patient',
);
const CLINIC_VISIT = hcpcs('T1015', 'Clinic visit/encounter, all-inclusive');
const TELEHEALTH = hcpcs('Q3014', 'Telehealth originating site facility fee');

/** Returns what an outpatient visit is billed as (HCPCS Level II); undefined for an emergency or a stay. */
export function billedAs(setting: Setting, at: CareOrganisation): Term | undefined {
  if (setting === 'virtual') return TELEHEALTH;
  if (setting !== 'ambulatory') return undefined;
  return at === 'st-mary' ? HOSPITAL_VISIT : CLINIC_VISIT;
}

/** Returns an amount in US dollars with its cents. */
export function dollars(amount: number): Money {
  return { value: decimal(amount, 2), currency: 'USD' };
}

/** Returns what a visit costs, in whole cents of a dollar. */
export function priceOfVisit(setting: Setting, nights: number, random: Random): number {
  return cents((VISIT_PRICE[setting] + nights * NIGHT_PRICE) * random.between(1 - SPREAD, 1 + SPREAD));
}

/** Returns what a service costs, in whole cents of a dollar. */
export function priceOfService(service: Term, random: Random): number {
  return cents((SERVICE_PRICE[service.system] ?? OTHER_PRICE) * random.between(1 - SPREAD, 1 + SPREAD));
}

/** Returns an amount of dollars rounded to cents. */
export function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
