import { type Blind, blindOf } from '../../blind-index/blind-key.ts';
import { type Batch, EMPTY_BATCH, type ResourceRow, type VersionRow } from '../rows.ts';

/** A blind name or key that follows from a number. */
export const blind = (number: number): Blind => blindOf(Buffer.alloc(16, number));
/** Bytes that follow from a number. */
export const bytes = (number: number): Uint8Array => new Uint8Array(32).fill(number);

/** The rows of one new resource with its entry, as a commit has them. */
export function created(rid: number, entry: number, more: Partial<VersionRow> = {}): Batch {
  const version: VersionRow = {
    entry,
    rid,
    version: 1,
    type: 'Observation',
    updatedMs: 1_000 + rid,
    generation: 0,
    state: 'live',
    sealed: bytes(rid),
    ...more,
  };
  return {
    ...EMPTY_BATCH,
    commitments: [bytes(1)],
    pages: [{ first: entry, count: 1, leaf: 0, sealed: bytes(9) }],
    names: version.version === 1 ? [{ name: blind(rid), rid }] : [],
    resources: [resourceOf(version)],
    versions: [version],
  };
}

function resourceOf({ rid, type, version, entry, state }: VersionRow): ResourceRow {
  return { rid, name: blind(rid), type, version, entry, state, rows: new Uint8Array([rid % 256]) };
}
