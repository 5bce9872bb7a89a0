import type { DocumentReference } from '@medplum/fhirtypes';
import { dateOf, instantOf } from '../calendar.ts';
import { concept, loinc, type Term } from '../code-system.ts';
import type { Chart } from './chart.ts';
import type { Visit } from './visit.ts';

/** Kinds of note, by their LOINC document type. */
const NOTE = {
  progress: loinc('11506-3', 'Progress note'),
  consult: loinc('11488-4', 'Consult note'),
  discharge: loinc('18842-5', 'Discharge summary'),
  emergency: loinc('34111-5', 'Emergency department Note'),
  history: loinc('34117-2', 'History and physical note'),
  pathology: loinc('11526-1', 'Pathology study'),
} as const;

const CLINICAL_NOTE: Term = {
  system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
  code: 'clinical-note',
  display: 'Clinical Note',
};

/** Records a short note on a visit, as plain text inside the DocumentReference. */
export function note(chart: Chart, visit: Visit, kind: keyof typeof NOTE, body: string): void {
  const type = NOTE[kind];
  const text = `${type.display}\nDate: ${dateOf(visit.startMs)}\nReason: ${visit.reason.display}\n\n${body}\n`;
  const bytes = new TextEncoder().encode(text);
  chart.add<DocumentReference>(
    {
      resourceType: 'DocumentReference',
      status: 'current',
      docStatus: 'final',
      type: concept(type),
      category: [concept(CLINICAL_NOTE)],
      subject: chart.patient,
      date: instantOf(visit.endMs),
      author: [visit.clinician],
      custodian: chart.site.organisation,
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            language: 'en',
            data: Buffer.from(bytes).toString('base64'),
            size: bytes.length,
            title: type.display,
            creation: instantOf(visit.endMs),
          },
        },
      ],
      context: {
        encounter: [visit.encounter],
        period: { start: instantOf(visit.startMs), end: instantOf(visit.endMs) },
      },
    },
    visit.sensitivity,
  );
}
