/** Codes that make a resource sensitive, with where they come from. */
export interface CodeSet {
  readonly id: string;
  readonly title: string;
  /** `system|code` of the labels that one of the codes brings. */
  readonly labels: readonly string[];
  /**
   * Codes by system. One that ends in `*` stands for everything that begins so: an ICD-10-CM category and what is below it, at least
   * a letter and a digit.
   */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  readonly source: string;
}

/** Canonical URIs of the code systems (FHIR R4 §terminologies-systems). */
export const ICD_10_CM = 'http://hl7.org/fhir/sid/icd-10-cm';
export const SNOMED_CT = 'http://snomed.info/sct';
export const LOINC = 'http://loinc.org';
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
