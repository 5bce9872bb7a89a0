import type { SpanRow } from '../storage/rows.ts';
import { BLIND_BYTES } from './blind-key.ts';

/** A span of one resource, without its row id. */
export type Span = Omit<SpanRow, 'rid'>;

/** What a resource is found by. */
export interface IndexRows {
  /** Blind values. */
  readonly keys: readonly Uint8Array[];
  readonly spans: readonly Span[];
}

/** The rows of a resource that is not found. */
export const NO_ROWS: IndexRows = { keys: [], spans: [] };

const COUNT_BYTES = 4;
const NUMBER_BYTES = 8;
const SPAN_BYTES = BLIND_BYTES + 3 * NUMBER_BYTES;

/** The same rows, each key once. */
export function distinctRows({ keys, spans }: IndexRows): IndexRows {
  const seen = new Set<string>();
  const once = keys.filter((key) => {
    const text = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
    return !seen.has(text) && seen.add(text);
  });
  return { keys: once, spans };
}

/** Rows in one string of bytes, kept with the resource so that they can be removed when its content cannot be read. */
export function packRows({ keys, spans }: IndexRows): Buffer {
  const bytes = Buffer.allocUnsafe(COUNT_BYTES + keys.length * BLIND_BYTES + spans.length * SPAN_BYTES);
  bytes.writeUInt32LE(keys.length);
  let at = COUNT_BYTES;
  for (const key of keys) {
    bytes.set(key, at);
    at += BLIND_BYTES;
  }
  for (const { key, low, high, value } of spans) {
    bytes.set(key, at);
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
  const keys: Uint8Array[] = [];
  const spansAt = COUNT_BYTES + bytes.readUInt32LE(0) * BLIND_BYTES;
  for (let at = COUNT_BYTES; at < spansAt; at += BLIND_BYTES) keys.push(bytes.subarray(at, at + BLIND_BYTES));
  const spans: Span[] = [];
  for (let at = spansAt; at + SPAN_BYTES <= bytes.length; at += SPAN_BYTES) {
    spans.push({
      key: bytes.subarray(at, at + BLIND_BYTES),
      low: bytes.readDoubleLE(at + BLIND_BYTES),
      high: bytes.readDoubleLE(at + BLIND_BYTES + NUMBER_BYTES),
      value: bytes.readDoubleLE(at + BLIND_BYTES + 2 * NUMBER_BYTES),
    });
  }
  return { keys, spans };
}

/** What has to be removed and added to get from one to the other: most rows of an update stay. */
export function changedRows(before: IndexRows, after: IndexRows): { removed: IndexRows; added: IndexRows } {
  const keyText = (key: Uint8Array) => Buffer.from(key).toString('latin1');
  const spanText = (span: Span) => `${keyText(span.key)}${span.low},${span.high},${span.value}`;
  const old = { keys: new Set(before.keys.map(keyText)), spans: new Set(before.spans.map(spanText)) };
  const now = { keys: new Set(after.keys.map(keyText)), spans: new Set(after.spans.map(spanText)) };
  return {
    removed: {
      keys: before.keys.filter((key) => !now.keys.has(keyText(key))),
      spans: before.spans.filter((span) => !now.spans.has(spanText(span))),
    },
    added: {
      keys: after.keys.filter((key) => !old.keys.has(keyText(key))),
      spans: after.spans.filter((span) => !old.spans.has(spanText(span))),
    },
  };
}
