import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type KeyBackup, type Keyring, restoreKeyStore, sealKeys } from '../../../vault/index.ts';

const DAY_MS = 86_400_000; // one day
const OWNER_ONLY = 0o600; // as every file of keys
const OWNER_ONLY_FOLDER = 0o700; // and their folders

const schema = z.record(z.string(), z.string().startsWith('-----BEGIN PRIVATE KEY-----'));

/** Keys of processes to seal: paths inside the network's folder. */
export interface KeysToSeal {
  readonly network: string;
  readonly paths: readonly string[];
  readonly organisation: string;
  readonly keyring: Pick<Keyring, 'epochs'>;
  /** Days after which the sealed copy opens no more. */
  readonly days: number;
}

/**
 * Seals the private keys of an organisation's processes into a new file, under an epoch key of its keyring. From memory: whatever a
 * backup medium once held in clear may be read from it after it was deleted.
 */
export function sealProcessKeys(keys: KeysToSeal, to: string): KeyBackup {
  const { network, paths, organisation, keyring, days } = keys;
  const content = Object.fromEntries(paths.map((path) => [path, readFileSync(join(network, path), 'utf8')]));
  const now = new Date();
  const expires = new Date(now.getTime() + days * DAY_MS);
  return sealKeys(keyring.epochs, Buffer.from(JSON.stringify(content)), {
    path: to,
    organisation,
    now,
    expires,
  });
}

/**
 * Opens sealed keys: texts by path. `scratch` is a path that is free for a moment. Throws VaultError `sealed-key-missing` when they have
 * expired, `damaged` when they were changed.
 */
export function openProcessKeys(
  from: string,
  scratch: string,
  organisation: string,
  keyring: Keyring,
): ReadonlyMap<string, string> {
  mkdirSync(dirname(scratch), { recursive: true, mode: OWNER_ONLY_FOLDER });
  rmSync(scratch, { force: true });
  try {
    restoreKeyStore({ from, to: scratch, organisation, epochs: keyring.epochs });
    return new Map(Object.entries(schema.parse(JSON.parse(readFileSync(scratch, 'utf8')))));
  } finally {
    rmSync(scratch, { force: true });
  }
}

/** Writes keys to their places below the network's folder; those that are there stay. */
export function writeProcessKeys(network: string, keys: ReadonlyMap<string, string>): void {
  for (const [path, text] of keys) {
    const place = join(network, path);
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true, mode: OWNER_ONLY_FOLDER });
    writeFileSync(place, text, { mode: OWNER_ONLY });
  }
}
