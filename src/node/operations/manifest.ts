import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { NodeError } from '../errors.ts';

/** The file that makes a folder a backup: written last. */
export const MANIFEST_FILE = 'manifest.json';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

const schema = z.strictObject({
  v: z.literal(1),
  /** Version of the program that wrote it. */
  program: z.string(),
  /** When the snapshot was taken, RFC 3339. */
  time: z.string(),
  mode: z.enum(['production', 'demo']),
  /** The data folder it was taken from: where a restore on the same machine finds the keyrings. */
  source: z.string(),
  ledger: z.strictObject({ id: z.string(), height: count, block: hash }).optional(),
  organisations: z.array(
    z.strictObject({
      id: z.string(),
      logs: z.array(z.strictObject({ origin: z.string(), size: count })),
      /** Of the sealed key store, when it is part of the backup. */
      keys: z.strictObject({ epoch: z.string(), expires: z.string() }).optional(),
    }),
  ),
  files: z.array(z.strictObject({ path: z.string(), sizeBytes: count, sha256: hash })),
});

/** What a backup holds. */
export type Manifest = z.infer<typeof schema>;
/** One of its files; the path is relative, with `/`. */
export type ManifestFile = Manifest['files'][number];

/** Hexadecimal SHA-256 and size of a file. */
export async function fingerprint(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const sha256 = createHash('sha256');
  for await (const chunk of createReadStream(path)) sha256.update(chunk as Buffer);
  return { sizeBytes: statSync(path).size, sha256: sha256.digest('hex') };
}

/** The manifest of a backup. Throws NodeError `input-unusable` when there is none or it is not one. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) {
    throw new NodeError(
      'input-unusable',
      `There is no ${MANIFEST_FILE}: the folder is no backup, or one that was cut short.`,
    );
  }
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new NodeError('input-unusable', `${MANIFEST_FILE} was changed or is of a newer program.`, {
      cause,
    });
  }
}

/** Throws NodeError `backup-damaged` naming the first file that is missing, changed, or outside the backup. */
export async function verifyFiles(
  folder: string,
  { files }: Pick<Manifest, 'files'>,
  onProgress: (what: string) => void,
): Promise<void> {
  for (const { path, sizeBytes, sha256 } of files) {
    const place = normalize(path);
    if (isAbsolute(place) || place.split(sep).includes('..')) throw damaged(path);
    onProgress(`checking ${path}`);
    const file = join(folder, place);
    if (!existsSync(file)) throw damaged(path);
    const found = await fingerprint(file);
    if (found.sizeBytes !== sizeBytes || found.sha256 !== sha256) throw damaged(path);
  }
}

function damaged(path: string): NodeError {
  return new NodeError(
    'backup-damaged',
    `${path} is missing from the backup, or was changed since it was made.`,
  );
}
