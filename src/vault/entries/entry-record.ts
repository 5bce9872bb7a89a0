import type { Event } from '../../proof/index.ts';

/** What the vault keeps of one log entry. */
export interface EntryRecord {
  /** JCS text of the event. */
  readonly event: string;
  /** Base64 of 32 bytes. */
  readonly salt: string;
  /** Of an AuditEvent: the patients it names. Absent for every other entry. */
  readonly patients?: readonly string[];
  /** Content under the audit key: an AuditEvent's text, or an event's own content; empty otherwise. */
  readonly content: string;
}

/** Lines that one record takes in a page. JSON texts hold no line feed. */
const LINES = 4;

/** The text of a page in parts that follow one another: its records, four lines each. */
export function pageParts(records: readonly EntryRecord[]): string[] {
  const parts: string[] = [];
  for (const { salt, event, patients, content } of records) {
    const named = patients === undefined ? '' : JSON.stringify(patients);
    parts.push(parts.length === 0 ? salt : `\n${salt}`, '\n', event, `\n${named}\n`, content);
  }
  return parts;
}

/** The records of a page's text. */
export function pageRecords(text: string): EntryRecord[] {
  const lines = text.split('\n');
  const records: EntryRecord[] = [];
  for (let at = 0; at + LINES <= lines.length; at += LINES) {
    const [salt = '', event = '', patients = '', content = ''] = lines.slice(at, at + LINES);
    const named = patients === '' ? {} : { patients: JSON.parse(patients) as string[] };
    records.push({ salt, event, ...named, content });
  }
  return records;
}

/** The event of a record. */
export function eventOf(record: EntryRecord): Event {
  return JSON.parse(record.event) as Event;
}
