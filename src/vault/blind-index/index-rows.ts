import type { SpanRow } from '../storage/rows.ts';
import { BLIND_BYTES, type Blind } from './blind-key.ts';

/** A span of one resource, without its row id. */
export type Span = Omit<SpanRow, 'rid'>;

/** What a resource is found by. */
export interface IndexRows {
  /** Blind values, each once. */
  readonly keys: readonly Blind[];
  readonly spans: readonly Span[];
}

/** The same as it is first made: blind values by entry, some of them several times. Equal entries share one list. */
export interface EntryRows {
  readonly groups: readonly (readonly Blind[])[];
  readonly spans: readonly Span[];
}

/** The rows of a resource that is not found. */
export const NO_ROWS: IndexRows = { keys: [], spans: [] };

const COUNT_BYTES = 4;
const NUMBER_BYTES = 8;
const SPAN_BYTES = BLIND_BYTES + 3 * NUMBER_BYTES;

/** The rows with each blind value once. */
export function distinctRows({ groups, spans }: EntryRows): IndexRows {
  return { keys: [...new Set(groups.flat())], spans };
}

/** Rows in one string of bytes, kept with the resource so that they can be removed when its content cannot be read. */
export function packRows({ keys, spans }: IndexRows): Buffer {
  const bytes = Buffer.allocUnsafe(COUNT_BYTES + keys.length * BLIND_BYTES + spans.length * SPAN_BYTES);
  bytes.writeUInt32LE(keys.length);
  let at = COUNT_BYTES;
  for (const key of keys) at += bytes.write(key, at, 'latin1');
  for (const { key, low, high, value } of spans) {
    bytes.write(key, at, 'latin1');
    bytes.writeDoubleLE(low, at + BLIND_BYTES);
    bytes.writeDoubleLE(high, at + BLIND_BYTES + NUMBER_BYTES);
    bytes.writeDoubleLE(value, at + BLIND_BYTES + 2 * NUMBER_BYTES);
    at += SPAN_BYTES;
  }
  return bytes;
}

/** The rows that {@link packRows} packed; none for no bytes. */
export function unpackRows(packed: Uint8Array): IndexRows {
  if (packed.length === 0) return NO_ROWS;
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const keyAt = (at: number) => bytes.toString('latin1', at, at + BLIND_BYTES) as Blind;
  const keys: Blind[] = [];
  const spansAt = COUNT_BYTES + bytes.readUInt32LE(0) * BLIND_BYTES;
  for (let at = COUNT_BYTES; at < spansAt; at += BLIND_BYTES) keys.push(keyAt(at));
  const spans: Span[] = [];
  for (let at = spansAt; at + SPAN_BYTES <= bytes.length; at += SPAN_BYTES) {
    spans.push({
      key: keyAt(at),
      low: bytes.readDoubleLE(at + BLIND_BYTES),
      high: bytes.readDoubleLE(at + BLIND_BYTES + NUMBER_BYTES),
      value: bytes.readDoubleLE(at + BLIND_BYTES + 2 * NUMBER_BYTES),
    });
  }
  return { keys, spans };
}

/** What has to be removed and added to get from one to the other: most rows of an update stay. */
export function changedRows(before: IndexRows, after: IndexRows): { removed: IndexRows; added: IndexRows } {
  return { removed: without(before, after), added: without(after, before) };
}

function without(rows: IndexRows, others: IndexRows): IndexRows {
  const keys = new Set(others.keys);
  const spans = new Set(others.spans.map(spanText));
  return {
    keys: rows.keys.filter((key) => !keys.has(key)),
    spans: rows.spans.filter((span) => !spans.has(spanText(span))),
  };
}

function spanText({ key, low, high, value }: Span): string {
  return `${key}${low},${high},${value}`;
}
