import type { Tombstone } from '../erasure/tombstone.ts';
import { VaultError } from '../error.ts';
import type { KeyHierarchy } from '../keys/key-hierarchy.ts';
import type { Findings } from './findings.ts';

/** Opens every wrapped key, and checks that what tombstones say is destroyed is. `hasRow` tells which rows the data has. */
export function checkKeys(
  keys: KeyHierarchy,
  tombstones: readonly Tombstone[],
  hasRow: (rid: number) => boolean,
  findings: Findings,
): void {
  keys.store.flush();
  for (const row of keys.store.allSeries()) {
    attempt(findings, `key ${row.purpose}/${row.number}`, () =>
      keys.rewrapSeries(row.purpose, row.number, row.wrapped),
    );
  }
  for (const row of keys.store.compartments()) {
    attempt(findings, `compartment ${row.compartment}`, () => keys.unwrapCompartment(row));
  }
  for (const row of keys.store.data.each()) {
    if (!hasRow(row.rid)) findings.checked.unusedKeys += 1;
    attempt(findings, `row ${row.rid}`, () => keys.unwrapDataKey(row));
  }
  for (const { keys: ids, subject } of tombstones) {
    const remaining = ids.filter((id) => keys.store.hasKey(Buffer.from(id, 'hex')));
    if (remaining.length > 0)
      findings.add('erasure-incomplete', subject, 'its key is still in the key store');
  }
}

function attempt(findings: Findings, object: string, open: () => unknown): void {
  findings.checked.keys += 1;
  try {
    open();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    findings.add(error.code === 'sealed-key-missing' ? 'key-missing' : 'key-damaged', object, error.message);
  }
}
