import type { CheckpointRefusal } from './checkpoint-trust.ts';
import type { Event } from './event.ts';

/** Why a receipt does not verify: a closed set. */
export type VerificationFailure =
  | CheckpointRefusal
  /** No policy was given: whom to trust is the caller's to say. */
  | 'policy-required'
  | 'policy-malformed'
  | 'receipt-malformed'
  /** The organisation in the event does not own the log. */
  | 'wrong-organisation'
  /** Event, salt, index or path do not lead to the checkpoint's root. */
  | 'inclusion-invalid'
  | 'content-malformed'
  /** The event commits to no content, or the receipt lacks the salt that opens the commitment. */
  | 'content-unverifiable'
  | 'content-mismatch'
  /** An export holds other events than its organisation stood for. */
  | 'manifest-mismatch'
  /** A tombstone is not borne out by the ledger, or not by its log entry. */
  | 'erasure-unproven';

/** What each failure means and what to do about it. */
export const FAILURE_MESSAGES: Readonly<Record<VerificationFailure, string>> = {
  'policy-required':
    'No trust policy was given. Name the policies you trust; those inside the file do not count.',
  'policy-malformed': 'A trust policy cannot be read. Fetch it again from a member you trust.',
  'policy-withdrawn':
    'The policy was withdrawn because a key in it was compromised. Renew the receipt under a newer one.',
  'receipt-malformed': 'This is not a receipt. Fetch it again from the organisation that issued it.',
  'wrong-organisation': 'The organisation in the event does not own the log that the receipt points to.',
  'inclusion-invalid': 'The event is not in the log: event, salt, index or path was altered.',
  'unknown-log':
    'No given policy lists this log. Give the policy version that was in force when the receipt was made.',
  'log-signature-missing': 'The log did not sign the checkpoint with the key in the policy.',
  'log-signature-invalid': "The log's signature does not verify: the checkpoint was altered.",
  'cosignature-invalid': "A witness's signature does not verify: checkpoint or signature was altered.",
  'quorum-missing':
    'Too few witnesses other than the owner of the log cosigned. Renew the receipt from a newer checkpoint.',
  'content-malformed': 'The content given is not valid JSON.',
  'content-unverifiable':
    'The receipt cannot open a commitment to this content: it has no content salt or the event no content.',
  'content-mismatch': 'The content is not what was logged.',
  'manifest-mismatch':
    'The export holds other events than its organisation stood for: some were left out, added or moved.',
  'erasure-unproven':
    'The destruction of the keys is not on the ledger as the tombstone says. Ask for the proof again.',
};

/** What a reader should know about a receipt that verifies. */
export type VerificationFlag =
  /** The event's own time lies more than five minutes after the witnesses saw it. */
  | 'event-time-late'
  /** The witnesses' time lies more than five minutes ahead of the caller's clock. */
  | 'cosignature-time-ahead';

/** A receipt that verifies, and what that proves. */
export interface ReceiptAccepted {
  ok: true;
  event: Event;
  /** The newest policy that accepts; `hash` is hexadecimal, ledger and version are absent in policies not made by Holdfast. */
  policy: { ledger?: string; version?: number; hash: string };
  origin: string;
  leafIndex: number;
  treeSize: number;
  /** The event was logged after this block, whose hash it contains. The block itself is not checked here. */
  loggedAfterBlock: { height: number; hash: string };
  /** The event was logged before this time (RFC 3339), by the word of a quorum of witnesses; absent when the policy asks for none. */
  loggedBefore?: string;
  contentChecked: 'checked' | 'not-checked';
  flags: readonly VerificationFlag[];
}

/** A receipt that does not verify. */
export interface ReceiptRefused {
  ok: false;
  code: VerificationFailure;
  /** A sentence that says what to do; holds nothing of event or content. */
  message: string;
}

/** The verifier's answer. */
export type ReceiptVerdict = ReceiptAccepted | ReceiptRefused;
