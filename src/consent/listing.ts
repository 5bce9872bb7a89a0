import { allowedBy, isRepresentative, type Principal } from '../identity/index.ts';
import type { Search } from '../r4/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import type { ConsentServices } from './consent-services.ts';
import type { RecordedBy } from './contract-state.ts';
import { ConsentError } from './errors.ts';

/** Consents read at a time. */
const PAGE = 100;
/** Consents of one patient in one answer; far more than anyone gives. */
const MAX_LISTED = 1_000; // bounds the work that one request can cause

/** A consent of a patient at its custodian (FORMATS §5). */
export interface ListedConsent {
  readonly id: string;
  readonly patient: string;
  /** `pending`: a revocation is durable here and denies, and the ledger has not finished. */
  readonly status: 'active' | 'revoked' | 'pending';
  readonly sequence: number;
  readonly recordedBy: RecordedBy;
  readonly time: string;
  /** JSON text of the FHIR Consent's newest version. */
  readonly resource: string;
}

/** What a list is made from. */
export interface ListingServices extends Pick<ConsentServices, 'vault' | 'register'> {
  /** The decision by which a stored version would be read through FHIR. */
  readonly mayRead: (principal: Principal, stored: StoredVersion) => boolean;
}

/**
 * The consents of a patient of this organisation, revoked ones too, newest first; those on the ledger only: an imported
 * Consent is inert. Staff see those that they could read through FHIR. Throws ConsentError `not-permitted`. A patient who does not exist has none.
 */
export async function listConsents(
  services: ListingServices,
  patient: string,
  principal: Principal,
): Promise<ListedConsent[]> {
  requireMayList(principal, patient);
  const { vault, register, mayRead } = services;
  // Who asks for the patient sees what the decision lets them see: a child's own consents are not all a parent's business.
  const isOwn = principal.kind === 'patient' && !isRepresentative(principal.fhirUser);
  const search: Search = {
    type: 'Consent',
    filters: [
      { kind: 'reference', param: 'patient', values: [{ by: 'id', types: ['Patient'], id: patient }] },
    ],
    includes: [],
    revIncludes: [],
    sort: [],
  };
  const listed: ListedConsent[] = [];
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search, limit: PAGE, cursor });
    for (const { id, version } of page.hits) {
      const state = register.view.state(id);
      const stored = await vault.read('Consent', id, version);
      if (state === undefined || stored?.text === undefined) continue;
      if (!isOwn && !mayRead(principal, stored)) continue;
      const { sequence, recordedBy, time } = state;
      const status = state.status === 'active' && register.steps.isRevoking(id) ? 'pending' : state.status;
      listed.push({ id, patient, status, sequence, recordedBy, time, resource: stored.text });
    }
    cursor = page.next;
  } while (cursor !== undefined && listed.length < MAX_LISTED);
  return listed;
}

function requireMayList(principal: Principal, patient: string): void {
  const allowed = allowedBy(principal.scopes, 'Consent', 'r') ?? allowedBy(principal.scopes, 'Consent', 's');
  const isOwn = principal.patient === patient && (principal.kind === 'patient' || allowed?.patient === true);
  const isStaff = principal.kind !== 'patient' && (allowed?.system === true || allowed?.user === true);
  if (!isOwn && !isStaff)
    throw new ConsentError(
      'not-permitted',
      "This needs the patient's own token, or a scope such as user/Consent.rs.",
    );
}
