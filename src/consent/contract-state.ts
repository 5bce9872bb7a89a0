import { conflict, type QueryContext, reject, type StateObject } from '../ledger/kit/index.ts';

/** Whose act a consent's present state is: the patient's, one by a key that the custodian keeps for them, or the custodian's own. */
export type RecordedBy = 'patient' | 'custodian-held-key' | 'custodian';

/** Why a custodian revokes without the patient's key. */
export const REVOCATION_REASONS = ['written-request', 'representative', 'age-out', 'court-order'] as const;

/** One of {@link REVOCATION_REASONS}. */
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** State of a consent on the ledger (DESIGN §6). It says nothing of what was consented to. */
export interface ConsentState extends StateObject {
  readonly id: string;
  readonly custodian: string;
  /** The patient's key for this consent alone; absent when the custodian recorded it without one. */
  readonly subjectKey?: string;
  /** Commitment of the FHIR Consent in force (FORMATS §5). */
  readonly statement: string;
  readonly sequence: number;
  readonly status: 'active' | 'revoked';
  readonly recordedBy: RecordedBy;
  readonly reason?: RevocationReason;
  /** As the submitter of the newest step claimed it. */
  readonly time: string;
}

/** A custodian's wish to bind a consent to a new key, which the old one can veto. */
export interface RebindProposal extends StateObject {
  readonly newKey: string;
  /** The sequence that completing it would make; any other step of the consent outdates it. */
  readonly sequence: number;
  /** Who keeps the new key. */
  readonly recordedBy: 'patient' | 'custodian-held-key';
  /** Newest quorum time on the ledger at the proposal, POSIX seconds. */
  readonly sinceSeconds: number;
  readonly vetoed?: true;
}

/** State key of a consent. */
export function consentKey(id: string): string {
  return `consent/${id}`;
}

/** State key of the newest proposal to rebind a consent. */
export function proposalKey(id: string): string {
  return `proposal/${id}`;
}

/** State key that says that a key was vetoed for a consent: it cannot be proposed again, so no old veto need be repeated. */
export function vetoKey(id: string, newKey: string): string {
  return `veto/${id}/${urlSafe(newKey)}`;
}

/** State key by which a custodian's consents are listed. */
export function custodianKey(custodian: string, id: string): string {
  return `custodian/${custodian}/${id}`;
}

/** A key as it may stand in a state key or object name: base64url with its padding. */
export function urlSafe(key: string): string {
  return key.replaceAll('+', '-').replaceAll('/', '_');
}

/** The consent as the step wants to find it. Rejects `unknown-consent` and `revoked`; `conflict` unless `sequence` is the next. */
export function consentBefore(context: QueryContext, id: string, sequence: number): ConsentState {
  const state = context.get<ConsentState>(consentKey(id));
  if (state === undefined) reject('unknown-consent', 'there is no consent with this id');
  if (state.status === 'revoked') reject('revoked', 'the consent was revoked; its id accepts nothing more');
  if (sequence !== state.sequence + 1) {
    conflict('sequence', `the next sequence is ${state.sequence + 1}; read the consent and decide again`);
  }
  return state;
}
