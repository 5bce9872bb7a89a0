import { fromBase64 } from '../../proof/index.ts';
import { VaultError } from '../error.ts';
import type { Epoch } from './key-management.ts';

/** What a keyring file holds, sealed. */
export interface KeyringContents {
  readonly v: 1;
  /** By use, oldest first. */
  readonly keys: Readonly<Record<string, readonly { readonly id: string; readonly key: Uint8Array }[]>>;
  readonly epochs: readonly Epoch[];
}

/** The contents of a new keyring. */
export function emptyContents(): KeyringContents {
  return { v: 1, keys: {}, epochs: [] };
}

interface Raw {
  readonly v: number;
  readonly keys: Record<string, { id: string; key: string }[]>;
  readonly epochs: { id: string; key: string; expires: string }[];
}

/** The contents of a keyring's opened JSON text, keys decoded. Throws `VaultError` `damaged` for a newer version. */
export function parseContents(text: string): KeyringContents {
  const raw = JSON.parse(text) as Raw;
  if (raw.v !== 1)
    throw new VaultError('damaged', 'The keyring was written by a newer program; install that one.');
  const keys = Object.entries(raw.keys).map(([use, list]) => {
    return [use, list.map(({ id, key }) => ({ id, key: fromBase64(key) }))] as const;
  });
  const epochs = raw.epochs.map(({ id, key, expires }) => ({ id, key: fromBase64(key), expires }));
  return { v: 1, keys: Object.fromEntries(keys), epochs };
}
