import assert from 'node:assert/strict';
import { CryptoError, open, seal } from '../../crypto/index.ts';
import { VaultError } from '../error.ts';
import { associatedData } from '../sealing/associated-data.ts';
import { packText, unpackText } from '../sealing/compressed-text.ts';
import { type EntryRecord, pageParts, pageRecords } from './entry-record.ts';

/**
 * Entries of one commit that are sealed together. Their texts are nearly alike: sixteen compress to a quarter of what each
 * takes alone, and share one sealing and one row; opening one costs what opening sixteen costs, about 0.1 ms.
 */
export const MAX_PAGE_ENTRIES = 16;
/** A page is closed before it grows beyond this, so that one entry is never read through megabytes of others. */
export const MAX_PAGE_CHARACTERS = 64 * 1024;

/** A sealed page as it is stored. */
export interface EntryPage {
  /** Number of its first entry; the others follow without gaps. */
  readonly first: number;
  readonly count: number;
  readonly sealed: Uint8Array;
}

/** Seals the records of entries `first`, `first + 1`, … under the audit key of the first. */
export function sealPage(
  key: Uint8Array,
  organisation: string,
  first: number,
  records: readonly EntryRecord[],
): EntryPage {
  assert.ok(records.length > 0 && records.length <= MAX_PAGE_ENTRIES);
  const count = records.length;
  const context = associatedData('entries', organisation, first, count);
  return { first, count, sealed: seal(key, packText(...pageParts(records)), context) };
}

/** The records of a page. Throws `VaultError` `damaged` for another key or place, or any changed byte. */
export function openPage(key: Uint8Array, organisation: string, page: EntryPage): EntryRecord[] {
  const context = associatedData('entries', organisation, page.first, page.count);
  try {
    const records = pageRecords(unpackText(open(key, page.sealed, context)));
    assert.equal(records.length, page.count);
    return records;
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new VaultError(
      'damaged',
      'A page of log entries was changed or moved; run "holdfast fsck".',
      cause,
    );
  }
}
