import { CryptoError } from '../../crypto/index.ts';
import { blindBytes } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import type { CompartmentRow } from './key-rows.ts';

/** What a wrapped key of a series is bound to. */
export function seriesContext(purpose: string, number: number): string {
  return `series\n${purpose}\n${number}`;
}

/** What a wrapped compartment key is bound to. */
export function compartmentContext({ compartment, keyId, name }: Omit<CompartmentRow, 'wrapped'>): string {
  return `compartment\n${compartment}\n${Buffer.from(keyId).toString('hex')}\n${blindBytes(name).toString('hex')}`;
}

/** What an unwrapping that failed is reported as; anything else is thrown on. */
export function damagedKey(cause: unknown): VaultError {
  if (cause instanceof VaultError) return cause;
  if (!(cause instanceof CryptoError)) throw cause;
  return new VaultError(
    'damaged',
    'A wrapped key was changed or stands in the wrong place; run "holdfast fsck".',
    cause,
  );
}
