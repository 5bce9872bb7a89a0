import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeError } from '../../errors.ts';

/** The file that makes a folder a backup of one organisation's part of a network: written last. */
const MANIFEST_FILE = 'organisation.json';
/** Where the network's files lie in it, and those of the node. */
export const NETWORK_PART = 'network';
/** The data folder's backup, as `holdfast backup` makes it. */
export const NODE_PART = 'node';
/** Keys of the processes, sealed. */
export const KEYS_PART = 'keys.sealed';

const count = z.number().int().min(0);
const schema = z.strictObject({
  v: z.literal(1),
  /** Version of the program that wrote it. */
  program: z.string(),
  /** When it was taken, RFC 3339. */
  time: z.string(),
  organisation: z.string(),
  /** The network's folder it was taken from: where a restore on the same machine finds the keys. */
  source: z.string(),
  channel: z.string(),
  /** Whether the data folder of the node is part of it. */
  node: z.boolean(),
  /** Of the sealed keys, when they are part of it. */
  keys: z.strictObject({ epoch: z.string(), expires: z.string() }).optional(),
  /** Everything but the data folder's backup, which has a manifest of its own. */
  files: z.array(
    z.strictObject({ path: z.string(), sizeBytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** What a backup of an organisation's part holds. */
export type OrganisationManifest = z.infer<typeof schema>;

/** Reads it. Throws NodeError `input-unusable` when there is none or it is not one. */
export function readOrganisationManifest(folder: string): OrganisationManifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) {
    const sentence = `There is no ${MANIFEST_FILE}: the folder is no backup of an organisation's part, or one that was cut short.`;
    throw new NodeError('input-unusable', sentence);
  }
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new NodeError('input-unusable', `${MANIFEST_FILE} was changed or is of a newer program.`, {
      cause,
    });
  }
}

/** Writes it: the backup is whole. */
export function writeOrganisationManifest(folder: string, manifest: OrganisationManifest): void {
  writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
}
