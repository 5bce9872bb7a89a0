import type { Scopes } from './scope/scopes.ts';

/** Who is asking, established once at the edge and handed down unchanged. */
export interface Principal {
  /** The organisation of this node, which answers. */
  organisation: string;
  /** The organisation on whose behalf is asked: the same for a bearer token, the asking member in an exchange. */
  actorOrganisation: string;
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
