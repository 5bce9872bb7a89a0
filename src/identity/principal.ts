import type { Scopes } from './scope/scopes.ts';

/** Who is asking, established once at the edge and handed down unchanged. */
export interface Principal {
  /** The organisation of this node, which answers. */
  organisation: string;
  /** The organisation on whose behalf is asked: the same for a bearer token, the asking member in an exchange. */
  actorOrganisation: string;
  /** `patient`: the patient, or who represents them; confined to `patient` whatever the scopes say. */
  kind: 'client' | 'user' | 'patient' | 'member';
  /** Opaque: a client id, or the logical reference of the user. Never a name. */
  id: string;
  name?: string;
  /** Relative reference of the user's resource here, such as `Practitioner/12` (SMART `fhirUser`). */
  fhirUser?: string;
  /** The person's account here, when they signed in themself. */
  account?: string;
  /** The client through which they ask. */
  client?: string;
  /** What they do here, as their account says. */
  roles?: readonly string[];
  /** May administer the organisation: an administrator, through its own portal, with the scope for it. */
  isAdministrator?: true;
  /** Logical id of the patient in context; the only one that `patient/` scopes reach. */
  patient?: string;
  scopes: Scopes;
  /** v3 PurposeOfUse codes, any of which may justify the access; at least one. */
  purposes: readonly string[];
  /** The token's `jti`. */
  tokenId: string;
}

/** Resource types that a signed-in person may be (SMART App Launch 2.2, `fhirUser`). */
const fhirUserPattern =
  /^(Patient|Practitioner|PractitionerRole|RelatedPerson|Person)\/[A-Za-z0-9\-.]{1,64}$/;

/** Who asks for somebody else: a RelatedPerson, or a Person that is linked to several. */
type Representing = `RelatedPerson/${string}` | `Person/${string}`;
const representativePattern = /^(RelatedPerson|Person)\//;

/** Logical ids of the patients that somebody may ask for at present, by the custodian's records; empty for nobody. */
export type PatientsOf = (fhirUser: string) => Promise<readonly string[]>;

/**
 * True for the reference of somebody who asks for a patient as a parent, guardian or agent (45 CFR 164.502(g)): they are confined to that
 * patient as the patient is, and never staff.
 */
export function isRepresentative(fhirUser: string | undefined): fhirUser is Representing {
  return fhirUser !== undefined && representativePattern.test(fhirUser);
}

/** True for the patients themself and for those who ask for one: whoever reaches one patient's record and nothing else. */
export function isConfined(fhirUser: string | undefined): boolean {
  return isRepresentative(fhirUser) || fhirUser?.startsWith('Patient/') === true;
}

/** A FHIR logical id (R4 `id`). */
const logicalId = /^[A-Za-z0-9\-.]{1,64}$/;

/** True for a relative reference to a resource that can stand for a person. */
export function isFhirUser(text: string): boolean {
  return fhirUserPattern.test(text);
}

/** True for a FHIR logical id. */
export function isLogicalId(text: string): boolean {
  return logicalId.test(text);
}
