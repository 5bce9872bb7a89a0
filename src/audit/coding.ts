/** DICOM audit codes (PS3.16 CID 400). */
export const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';
/** v3-ParticipationType. */
export const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
/** FHIR interactions. */
export const RESTFUL_INTERACTION = 'http://hl7.org/fhir/restful-interaction';

/** A Coding: its canonical text, and its parts for the index. */
export interface AuditCoding {
  readonly system: string;
  readonly code: string;
  readonly text: string;
}

/** A Coding with its text made once. */
export function coding(system: string, code: string): AuditCoding {
  return { system, code, text: `{"code":${JSON.stringify(code)},"system":${JSON.stringify(system)}}` };
}
