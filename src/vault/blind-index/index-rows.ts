import { VaultError } from '../error.ts';
import type { SpanRow } from '../storage/rows.ts';
import { BLIND_BYTES, type Blind } from './blind-key.ts';

/** A span of one resource, without its row id. */
export type Span = Omit<SpanRow, 'rid'>;

/** What a resource is found by. */
export interface IndexRows {
  /** Blind values, each once. */
  readonly keys: readonly Blind[];
  /** Compartments it is in or was in, each once: an erasure must find it there. */
  readonly members: readonly Blind[];
  readonly spans: readonly Span[];
}

/** The same as it is first made: blind values by entry, some of them several times. Equal entries share one list. */
export interface EntryRows {
  readonly groups: readonly (readonly Blind[])[];
  readonly spans: readonly Span[];
}

/** The rows of a resource that is not found. */
export const NO_ROWS: IndexRows = { keys: [], members: [], spans: [] };

const COUNT_BYTES = 4; // a 32-bit number
const COUNTS_BYTES = 2 * COUNT_BYTES; // keys and members
const NUMBER_BYTES = 8; // a double or a 64-bit time
const SPAN_BYTES = BLIND_BYTES + 3 * NUMBER_BYTES; // key, low, high, value

/** The rows with each blind value once. */
export function distinctRows({ groups, spans }: EntryRows, members: readonly Blind[]): IndexRows {
  return { keys: [...new Set(groups.flat())], members, spans };
}

/** Rows in one string of bytes, kept with the resource so that they can be removed when its content cannot be read. */
export function packRows({ keys, members, spans }: IndexRows): Buffer {
  const values = keys.length + members.length;
  const bytes = Buffer.allocUnsafe(COUNTS_BYTES + values * BLIND_BYTES + spans.length * SPAN_BYTES);
  bytes.writeUInt32LE(keys.length);
  bytes.writeUInt32LE(members.length, COUNT_BYTES);
  let at = COUNTS_BYTES;
  for (const key of keys) at += bytes.write(key, at, 'latin1');
  for (const key of members) at += bytes.write(key, at, 'latin1');
  for (const { key, low, high, value } of spans) {
    at += bytes.write(key, at, 'latin1');
    at = bytes.writeDoubleLE(low, at);
    at = bytes.writeDoubleLE(high, at);
    at = bytes.writeDoubleLE(value, at);
  }
  return bytes;
}

/** The rows that {@link packRows} packed; none for no bytes. Throws `VaultError` `damaged` when they were cut or changed. */
export function unpackRows(packed: Uint8Array): IndexRows {
  if (packed.length === 0) return NO_ROWS;
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const [keyCount, memberCount] = countsOf(bytes);
  const valuesAt = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const at = from + index * BLIND_BYTES;
      return bytes.toString('latin1', at, at + BLIND_BYTES) as Blind;
    });
  const keys = valuesAt(COUNTS_BYTES, keyCount);
  const membersAt = COUNTS_BYTES + keys.length * BLIND_BYTES;
  const members = valuesAt(membersAt, memberCount);
  const spans: Span[] = [];
  for (let at = membersAt + members.length * BLIND_BYTES; at + SPAN_BYTES <= bytes.length; at += SPAN_BYTES) {
    const numbersAt = at + BLIND_BYTES;
    spans.push({
      key: bytes.toString('latin1', at, numbersAt) as Blind,
      low: bytes.readDoubleLE(numbersAt),
      high: bytes.readDoubleLE(numbersAt + NUMBER_BYTES),
      value: bytes.readDoubleLE(numbersAt + 2 * NUMBER_BYTES),
    });
  }
  return { keys, members, spans };
}

/** Numbers of keys and members, which must leave room for whole spans: nothing is taken on their word. */
function countsOf(bytes: Buffer): [number, number] {
  if (bytes.length >= COUNTS_BYTES) {
    const counts: [number, number] = [bytes.readUInt32LE(0), bytes.readUInt32LE(COUNT_BYTES)];
    const rest = bytes.length - COUNTS_BYTES - (counts[0] + counts[1]) * BLIND_BYTES;
    if (rest >= 0 && rest % SPAN_BYTES === 0) return counts;
  }
  throw new VaultError('damaged', 'The index rows of a resource were cut or changed; run "holdfast fsck".');
}

/** The rows that are not among the others. */
export function rowsWithout(rows: IndexRows, others: IndexRows): IndexRows {
  const keys = new Set(others.keys);
  const members = new Set(others.members);
  const spans = new Set(others.spans.map(spanText));
  return {
    keys: rows.keys.filter((key) => !keys.has(key)),
    members: rows.members.filter((key) => !members.has(key)),
    spans: rows.spans.filter((span) => !spans.has(spanText(span))),
  };
}

/** A span as text, equal for equal spans. */
export function spanText({ key, low, high, value }: Span): string {
  return `${key}${low},${high},${value}`;
}
