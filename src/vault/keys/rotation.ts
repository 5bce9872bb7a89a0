import { randomBytes, SEALING_KEY_BYTES } from '../../crypto/index.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';
import type { KeyManagement } from './key-management.ts';
import type { CompartmentRow } from './key-rows.ts';

/** How far a rotation has come. */
export interface RotationProgress {
  /** Compartment keys and keys of the organisation. */
  readonly total: number;
  readonly done: number;
  /** Data keys wrapped anew. */
  readonly dataKeys: number;
}

/** Compartments between two reports, and between two turns of the event loop: some 10 ms. */
const STEP = 16;

/**
 * Wraps every key anew under a new key-encryption key, and every data key under a new key of its compartment. Keys keep
 * their ids, so that a later erasure still names what older backups hold. Each compartment changes in one transaction;
 * an interrupted rotation is repeated whole. Content is not touched, nor are the series keys themselves, which seal it.
 */
export async function rotateKeys(
  keys: KeyHierarchy,
  management: KeyManagement,
  onProgress: (progress: RotationProgress) => void,
): Promise<RotationProgress> {
  management.renew();
  const compartments = keys.store.compartments();
  const series = keys.store.allSeries();
  const total = compartments.length + series.length;
  keys.store.rewrap({
    series: series.map((row) => ({
      ...row,
      wrapped: keys.rewrapSeries(row.purpose, row.number, row.wrapped),
    })),
  });
  let dataKeys = 0;
  for (const [at, { compartment }] of compartments.entries()) {
    if (at % STEP === 0) {
      onProgress({ total, done: series.length + at, dataKeys });
      await new Promise((resolve) => setImmediate(resolve));
    }
    keys.store.flush();
    // Read again: it may have been erased since.
    const row = keys.store.compartment(compartment);
    if (row !== undefined) dataKeys += renewCompartment(keys, row);
  }
  // Nothing may be left under the old key-encryption key when it is forgotten.
  const late = keys.store
    .allSeries()
    .map((row) => ({ ...row, wrapped: keys.rewrapSeries(row.purpose, row.number, row.wrapped) }));
  keys.store.rewrap({ series: late });
  management.retire();
  const progress = { total, done: total, dataKeys };
  onProgress(progress);
  return progress;
}

/** Runs without a pause, so that nothing is wrapped under the old key meanwhile. */
function renewCompartment(keys: KeyHierarchy, row: CompartmentRow): number {
  const opened = keys.store.data
    .under(row.compartment)
    .map((data) => ({ data, key: keys.unwrapDataKey(data) }));
  const renewed = randomBytes(SEALING_KEY_BYTES);
  const before = keys.unwrapCompartment(row);
  keys.replaceCompartment(row.compartment, renewed);
  try {
    keys.store.rewrap({
      compartments: [keys.wrapCompartment(row, renewed)],
      data: opened.map(({ data, key }) => keys.wrapDataKey(data, key)),
    });
  } catch (error) {
    keys.replaceCompartment(row.compartment, before);
    throw error;
  }
  return opened.length;
}
