import type { CodeableConcept, Coding } from '@medplum/fhirtypes';

/** The code systems that the records use, by their canonical URIs. */
export const CODE_SYSTEM = {
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  icd10pcs: 'http://www.cms.gov/Medicare/Coding/ICD10',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  snomed: 'http://snomed.info/sct',
  hcpcs: 'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
  ucum: 'http://unitsofmeasure.org',
} as const;

/** Base of HL7's own code systems. */
const HL7 = 'http://terminology.hl7.org/CodeSystem';

/** A code with the display text of its code system. */
export interface Term {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

const termsOf =
  (system: string) =>
  (code: string, display: string): Term => ({ system, code, display });

/** An observation, panel or document type. */
export const loinc = termsOf(CODE_SYSTEM.loinc);
/** A medicine or an ingredient. */
export const rxnorm = termsOf(CODE_SYSTEM.rxnorm);
/** A diagnosis or a reason for a visit. */
export const icd10cm = termsOf(CODE_SYSTEM.icd10cm);
/** An inpatient procedure. */
export const icd10pcs = termsOf(CODE_SYSTEM.icd10pcs);
/** A vaccine. */
export const cvx = termsOf(CODE_SYSTEM.cvx);
/** A finding, procedure or substance that no other system here covers. */
export const snomed = termsOf(CODE_SYSTEM.snomed);
/** A billed service (Level II, public). */
export const hcpcs = termsOf(CODE_SYSTEM.hcpcs);

/** Returns a term of one of HL7's code systems, such as `hl7('condition-clinical', 'active', 'Active')`. */
export function hl7(name: string, code: string, display: string): Term {
  return { system: `${HL7}/${name}`, code, display };
}

/** Returns the Coding of a term. */
export function coding(term: Term): Coding {
  return { system: term.system, code: term.code, display: term.display };
}

/** Returns a CodeableConcept with that one coding and, as text, what people call it. */
export function concept(term: Term, text?: string): CodeableConcept {
  return text === undefined ? { coding: [coding(term)] } : { coding: [coding(term)], text };
}
