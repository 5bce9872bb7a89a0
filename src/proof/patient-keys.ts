import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { utf8 } from './bytes.ts';
import { ProofError } from './errors.ts';
import { hkdfSha256 } from './hash.ts';
import { canonicalBytes } from './jcs.ts';
import { ed25519PublicKey } from './sign.ts';

/** Length of a patient's seed in bytes: the entropy of 24 words. */
export const SEED_BYTES = 32;

/** Which of a patient's keys (FORMATS §4). */
export interface PatientKeyPurpose {
  /** Ledger id. */
  ledger: string;
  /** The organisation at which the key is enrolled, or the custodian of the consent. */
  organisation: string;
  /** `enrol` for the enrolled key, the consent id for that consent's `subjectKey`. */
  use: string;
  /** 0 at first, one more for each key that replaces a lost one. */
  generation: number;
}

/** A patient's Ed25519 key pair. */
export interface PatientKey {
  /** 32 bytes: the seed that `signEd25519` takes. Never leaves the patient's device. */
  privateKey: Uint8Array;
  publicKey: Uint8Array;
}

const SALT = utf8('holdfast/patient/v1');

/**
 * The key for one purpose: HKDF-SHA-256(seed, `holdfast/patient/v1`, JCS([ledger, organisation, use, generation])) as Ed25519 private
 * key (FORMATS §4). Keys of different purposes cannot be linked without the seed. Throws `malformed` on a seed that is not 32 bytes.
 */
export function derivePatientKey(seed: Uint8Array, purpose: PatientKeyPurpose): PatientKey {
  assertSeed(seed);
  const { ledger, organisation, use, generation } = purpose;
  if (!Number.isSafeInteger(generation) || generation < 0)
    throw new ProofError('malformed', 'A key generation is an integer from 0.');
  const privateKey = hkdfSha256(
    seed,
    SALT,
    canonicalBytes([ledger, organisation, use, generation]),
    SEED_BYTES,
  );
  return { privateKey, publicKey: ed25519PublicKey(privateKey) };
}

/** The recovery phrase of a seed: 24 English words (BIP-39), separated by spaces. Throws `malformed` on a seed that is not 32 bytes. */
export function recoveryPhrase(seed: Uint8Array): string {
  assertSeed(seed);
  return entropyToMnemonic(seed, wordlist);
}

/** The seed of a recovery phrase; upper case and extra white space are forgiven. Throws `malformed` on other words, another number of them, or a wrong checksum. */
export function seedFromPhrase(phrase: string): Uint8Array {
  const words = phrase.trim().toLowerCase().split(/\s+/);
  try {
    if (words.length === 24) return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    // The cause would repeat words of the phrase.
  }
  throw new ProofError('malformed', 'Not a recovery phrase: expected 24 English words in the order given.');
}

function assertSeed(seed: Uint8Array): void {
  if (seed.length !== SEED_BYTES) throw new ProofError('malformed', 'A patient seed is 32 bytes.');
}
