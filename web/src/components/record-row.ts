import type { RecordEntry } from '../api/record.ts';

/** A record version in one line: when, and what. */
export interface RecordRow {
  entry: RecordEntry;
  section: string;
  /** YYYY-MM-DD; empty when the resource names no date. */
  date: string;
  title: string;
  detail: string;
}

const SECTIONS: Record<string, string> = {
  Condition: 'Conditions',
  AllergyIntolerance: 'Allergies',
  MedicationRequest: 'Medicines',
  MedicationStatement: 'Medicines',
  MedicationDispense: 'Medicines',
  MedicationAdministration: 'Medicines',
  Immunization: 'Vaccinations',
  Observation: 'Results and measurements',
  DiagnosticReport: 'Reports',
  DocumentReference: 'Documents',
  Procedure: 'Procedures',
  Encounter: 'Visits',
  CarePlan: 'Plans and goals',
  Goal: 'Plans and goals',
  Coverage: 'Insurance',
  Claim: 'Insurance',
  ExplanationOfBenefit: 'Insurance',
  ResearchSubject: 'Research',
  Consent: 'Consents',
  Patient: 'About me',
};

/** Order in which sections are shown; others follow. */
export const SECTION_ORDER = [
  'About me',
  'Conditions',
  'Allergies',
  'Medicines',
  'Vaccinations',
  'Results and measurements',
  'Reports',
  'Procedures',
  'Visits',
  'Documents',
  'Plans and goals',
  'Insurance',
  'Research',
  'Consents',
  'Other',
];

interface Concept {
  text?: string;
  coding?: { display?: string; code?: string }[];
}
interface Quantity {
  value?: number;
  unit?: string;
}

const words = (concept: unknown): string => {
  const { text, coding } = (concept ?? {}) as Concept;
  return text ?? coding?.[0]?.display ?? coding?.[0]?.code ?? '';
};

const DATES = [
  'effectiveDateTime',
  'occurrenceDateTime',
  'performedDateTime',
  'onsetDateTime',
  'recordedDate',
  'authoredOn',
  'date',
  'issued',
  'created',
  'whenHandedOver',
  'startDate',
  'dateTime',
  'birthDate',
];

function dateOf(resource: Record<string, unknown>): string {
  for (const name of DATES) {
    const value = resource[name];
    if (typeof value === 'string') return value.slice(0, 10);
  }
  const period = (resource.period ??
    resource.effectivePeriod ??
    resource.performedPeriod ??
    resource.billablePeriod) as { start?: string } | undefined;
  return period?.start?.slice(0, 10) ?? '';
}

function titleOf(resource: Record<string, unknown>): string {
  const names = resource.name as { text?: string; given?: string[]; family?: string }[] | undefined;
  if (resource.resourceType === 'Patient')
    return names?.[0]?.text ?? [...(names?.[0]?.given ?? []), names?.[0]?.family ?? ''].join(' ');
  const types = resource.type as unknown[] | unknown;
  return (
    words(resource.code) ||
    words(resource.medicationCodeableConcept) ||
    words(resource.vaccineCode) ||
    words(Array.isArray(types) ? types[0] : types) ||
    words(resource.description) ||
    (typeof resource.description === 'string' ? resource.description : '') ||
    (typeof resource.title === 'string' ? resource.title : '') ||
    String(resource.resourceType)
  );
}

/** A decimal with the digits the laboratory gave, found in the resource's own text. */
function quantityWords(quantity: Quantity | undefined, text: string): string {
  if (quantity?.value === undefined) return '';
  const kept = /"valueQuantity":\{[^}]*"value":(-?[\d.eE+-]+)/.exec(text)?.[1];
  return `${kept ?? quantity.value} ${quantity.unit ?? ''}`.trim();
}

function detailOf(resource: Record<string, unknown>, text: string): string {
  const components = resource.component as { code?: unknown; valueQuantity?: Quantity }[] | undefined;
  if (components !== undefined) {
    return components
      .map((part) =>
        `${words(part.code)} ${part.valueQuantity?.value ?? ''} ${part.valueQuantity?.unit ?? ''}`.trim(),
      )
      .join('; ');
  }
  const value =
    quantityWords(resource.valueQuantity as Quantity | undefined, text) ||
    words(resource.valueCodeableConcept);
  const status =
    words(resource.clinicalStatus) || (typeof resource.status === 'string' ? resource.status : '');
  return value || status;
}

/** Rows of a record, newest first in each section. */
export function recordRows(entries: readonly RecordEntry[]): RecordRow[] {
  return entries
    .map((entry) => ({
      entry,
      section: SECTIONS[entry.resource.resourceType] ?? 'Other',
      date: dateOf(entry.resource),
      title: titleOf(entry.resource),
      detail: detailOf(entry.resource, entry.resourceText),
    }))
    .sort((a, b) => b.date.localeCompare(a.date));
}
