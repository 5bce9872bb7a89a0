import { randomBytes } from '../../crypto/index.ts';

/** Crockford's base 32 without the letters that are read as digits: people copy the code from paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 60 random bits: with five tries a guess succeeds once in 2 · 10¹⁷. */
const SYMBOLS = 12; // three groups of four are still typed without error

/** How long a code may be used after the patient's identity was proofed. */
export const ENROLMENT_CODE_LIFETIME_MS = 24 * 60 * 60 * 1000; // the patient is there, or gets it by post the next day
/** Wrong tries after which a code is dead. */
export const MAX_WRONG_TRIES = 5; // as many as a careful person needs at most

/** A new code such as `7Q4M-0ZKD-XP2R`. */
export function newEnrolmentCode(): string {
  const symbols = [...randomBytes(SYMBOLS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return symbols.replace(/(.{4})(?=.)/g, '$1-');
}
