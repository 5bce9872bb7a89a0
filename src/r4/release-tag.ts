const OBSERVATION_VALUE = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';

/** In `meta.security` of a release that was redacted (FHIR R4 §security-labels, FORMATS §2). */
export const REDACTED = { code: 'REDACTED', system: OBSERVATION_VALUE } as const;

/** In `meta.tag` of a resource that is not whole, so that nobody takes what is left for the whole and writes it back (FHIR R4 §3.1.1.5.8). */
export const SUBSETTED = { code: 'SUBSETTED', system: OBSERVATION_VALUE } as const;
