import { readFileSync } from 'node:fs';
import type { Configuration } from './configuration.ts';
import { NodeError } from './errors.ts';

/** The demo's passphrase is fixed and printed: everything it protects is invented (FORMATS §7). */
export const DEMO_PASSPHRASE = 'holdfast demo passphrase';
/** Shorter ones fall to guessing even behind scrypt. */
const MIN_LENGTH = 12; // NIST SP 800-63B-4 §3.1.1.1 asks for 15 where it is the only factor; the file is a second one

/** The passphrase that opens the keyrings: HOLDFAST_PASSPHRASE, or the file named by HOLDFAST_PASSPHRASE_FILE. */
export function passphraseFor(mode: Configuration['mode'], environment: NodeJS.ProcessEnv): string {
  if (mode === 'demo') return DEMO_PASSPHRASE;
  const file = environment.HOLDFAST_PASSPHRASE_FILE;
  const given =
    environment.HOLDFAST_PASSPHRASE ??
    (file === undefined ? undefined : readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
  if (given === undefined || given === '') {
    throw new NodeError(
      'passphrase-needed',
      'Set HOLDFAST_PASSPHRASE, or HOLDFAST_PASSPHRASE_FILE to a file that holds it.',
    );
  }
  if (given.length < MIN_LENGTH)
    throw new NodeError('passphrase-needed', `The passphrase needs at least ${MIN_LENGTH} characters.`);
  return given;
}
