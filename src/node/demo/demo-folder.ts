import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockFolder } from '../../database/index.ts';
import { NodeError } from '../errors.ts';

/** The file that marks a demo's data folder and says what its population follows from. */
export const DEMO_FILE = 'demo.json';
/** Everything that a demo keeps in its folder: nothing else is ever removed. */
const DEMO_ENTRIES = [
  'ledger',
  'organisations',
  'imports',
  'lock.db',
  'lock.db-journal',
  'lock.pid',
  'founding.json',
  DEMO_FILE,
];

/** The people of every demonstration; other seeds give other people. */
const SEED = 'holdfast';
const DEFAULT_PATIENTS = 24; // as many as are written by hand; more are invented
const MOST_PATIENTS = 500; // what the generator makes at most

/** One organisation of a demo whose organisations have processes of their own. */
const fabric = z.strictObject({
  organisation: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  /** Path of its connection profile. */
  profile: z.string().min(1),
  founders: z.array(z.strictObject({ id: z.string().min(1), url: z.url() })).min(1),
});

const schema = z.strictObject({
  v: z.literal(1),
  seed: z.string().min(1),
  now: z.iso.date(),
  patients: z.number().int().min(1).max(MOST_PATIENTS),
  loaded: z.boolean(),
  fabric: fabric.optional(),
});

/** What a demo's folder holds when it is of one organisation on Fabric. */
export type FabricDemo = z.infer<typeof fabric>;

/** What a demo's population follows from, and whether it is in the vaults already. */
export type Demo = z.infer<typeof schema>;

/** What a data folder's marker says; undefined when it is no demo's. Throws NodeError `input-unusable` for a broken one. */
export function readDemo(data: string): Demo | undefined {
  const path = join(data, DEMO_FILE);
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new NodeError('input-unusable', `${DEMO_FILE} cannot be read: renew the demo with --reset.`, {
      cause,
    });
  }
}

/** Replaces the marker; after a crash the old or the new one is there. */
export function writeDemo(data: string, demo: Demo): void {
  const path = join(data, DEMO_FILE);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.partial`, `${JSON.stringify(demo)}\n`, { mode: 0o600 });
  renameSync(`${path}.partial`, path);
}

/**
 * The marker of a demo's folder, made when there is none. A demo that is there keeps its people, whatever is asked. Throws
 * NodeError `input-unusable` for a number of patients that cannot be made.
 */
export function openDemo(
  data: string,
  asked: { patients?: number | undefined; now: Date; fabric?: FabricDemo },
): Demo {
  const known = readDemo(data);
  if (known !== undefined) return known;
  const { patients = DEFAULT_PATIENTS, now, fabric: own } = asked;
  if (!Number.isInteger(patients) || patients < 1 || patients > MOST_PATIENTS) {
    throw new NodeError('input-unusable', `The demo has from 1 to ${MOST_PATIENTS} patients.`);
  }
  const demo: Demo = {
    v: 1,
    seed: SEED,
    now: now.toISOString().slice(0, 10),
    patients,
    loaded: false,
    ...(own === undefined ? {} : { fabric: own }),
  };
  writeDemo(data, demo);
  return demo;
}

/** Throws NodeError `input-unusable` unless a folder is a demo's, empty, or not there yet. */
export function requireDemoFolder(data: string): void {
  if (!existsSync(data) || readdirSync(data).length === 0 || existsSync(join(data, DEMO_FILE))) return;
  throw new NodeError(
    'input-unusable',
    'The data folder holds something that is no demo: name another with --data.',
  );
}

/**
 * Removes a demo's data: only from a folder with the marker, only what a demo keeps there, and the folder itself when
 * nothing else is left. A folder that is not there is fine. Throws NodeError `input-unusable` for any other folder, and
 * DatabaseError `locked` while a process has it.
 */
export function removeDemo(data: string): void {
  requireDemoFolder(data);
  if (!existsSync(join(data, DEMO_FILE))) return;
  lockFolder(data).release();
  // The marker last: a removal that was cut short can be repeated.
  for (const name of DEMO_ENTRIES) rmSync(join(data, name), { recursive: true, force: true });
  if (readdirSync(data).length === 0) rmdirSync(data);
}
