import {
  ProofError,
  policyHash,
  type ReceiptVerdict,
  toHex,
  verifyBundle,
  verifyReceipt,
} from '../../../src/proof/index.ts';

/** Receipts have a few kilobytes; bundles of a whole record a few megabytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024; // what a phone still parses

/** Texts to check a receipt or a bundle with. */
export interface CheckInput {
  text: string;
  policy: string;
  /** The record that the receipt is of, when it is at hand. */
  content: string | undefined;
}

/** The verdicts on a receipt, or on each item of a bundle. Never throws: what is unreadable is refused. */
export function checkFile({ text, policy, content }: CheckInput): readonly ReceiptVerdict[] {
  const options = { policies: [policy], now: new Date() };
  if (/"items"\s*:/.test(text)) {
    const verdict = verifyBundle(text, options);
    return 'verdicts' in verdict ? verdict.verdicts : [verdict];
  }
  return [verifyReceipt(text, content === undefined ? options : { ...options, content })];
}

/** The SHA-256 by which a policy can be compared over the telephone; undefined for a text that is no policy. */
export function policyFingerprint(policy: string): string | undefined {
  try {
    return toHex(policyHash(policy));
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}
