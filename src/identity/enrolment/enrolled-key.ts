/** On whose behalf a key acts: the patient's own, or a representative's (45 CFR 164.502(g)). */
export type EnrolledKeyRole = 'self' | 'parent' | 'guardian' | 'representative';

/** Every role, in the order documents list them. */
export const enrolledKeyRoles: readonly EnrolledKeyRole[] = ['self', 'parent', 'guardian', 'representative'];

/** Who holds the private key: the patient's device, or the organisation for a patient without one. */
export type KeyCustody = 'patient' | 'custodian';

/** A key that is bound to a patient of this organisation. */
export interface EnrolledKey {
  id: string;
  /** Logical id of the Patient. */
  patient: string;
  /** Base64 of the 32-byte Ed25519 key. */
  key: string;
  role: EnrolledKeyRole;
  /** `custodian` means that what the key signs is the organisation's word for the patient, and must say so. */
  custody: KeyCustody;
  /** RFC 3339; valid from this moment. */
  from: string;
  /** RFC 3339; no longer valid at this moment. Absent: no end. */
  until?: string;
}
