import type { Coding } from '@medplum/fhirtypes';
import { coding, hl7 } from './code-system.ts';

/** A kind of information that law or custom protects beyond other health data. */
export type Sensitivity = 'alcohol' | 'opioid' | 'mental-health' | 'hiv';

/** Sensitivity codes of HL7's Healthcare Privacy and Security Classification System (v3 ActCode). */
const CODE = {
  alcohol: hl7('v3-ActCode', 'ETHUD', 'alcohol use disorder information sensitivity'),
  opioid: hl7('v3-ActCode', 'OPIOIDUD', 'opioid use disorder information sensitivity'),
  'mental-health': hl7('v3-ActCode', 'MH', 'mental health information sensitivity'),
  hiv: hl7('v3-ActCode', 'HIV', 'HIV/AIDS information sensitivity'),
} as const;

const RESTRICTED = hl7('v3-Confidentiality', 'R', 'restricted');

/** Marks every generated resource as test data, so that nobody takes it for a person's. */
export const TEST_DATA: Coding = coding(hl7('v3-ActReason', 'HTEST', 'test health data'));

/** Returns the security labels of a sensitive resource: what it tells of, and that it is restricted. */
export function securityLabels(sensitivity: Sensitivity): Coding[] {
  return [coding(CODE[sensitivity]), coding(RESTRICTED)];
}
