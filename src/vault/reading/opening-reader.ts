import { CryptoError, open } from '../../crypto/index.ts';
import { fromBase64 } from '../../proof/index.ts';
import { type Awaitable, after } from '../awaitable.ts';
import { blindId } from '../blind-index/blind-key.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { eventOf } from '../entries/entry-record.ts';
import { VaultError } from '../error.ts';
import { inAuditCustody } from '../numbering.ts';
import { associatedData } from '../sealing/associated-data.ts';
import { unpackText } from '../sealing/compressed-text.ts';
import type { ContentRow } from '../storage/rows.ts';
import type { Opening } from '../stored-version.ts';
import type { StoredEntry } from './entry-reader.ts';
import type { ReadingParts, VersionReader } from './version-reader.ts';

const OBJECT = /^([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})\/_history\/([1-9]\d{0,15})$/;
const EVENT_ID = /^[0-9a-f]{32}$/;

/** Key and text of an event's content, as far as they are left. */
interface Content {
  readonly salts: ContentSalts;
  readonly text?: string;
}

/** Finds what opens log entries. */
export class OpeningReader {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** The opening of a version's entry or of an event by its id; undefined when there is none. */
  opening(objectOrEventId: string): Awaitable<Opening | undefined> {
    if (EVENT_ID.test(objectOrEventId)) return this.#ofEvent(objectOrEventId);
    const [, type, id, version] = OBJECT.exec(objectOrEventId) ?? [];
    if (type === undefined || id === undefined) return undefined;
    return this.#ofVersion(type, id, Number(version));
  }

  #ofEvent(id: string): Awaitable<Opening | undefined> {
    const { storage, entries } = this.#parts;
    return after(storage.entryOf(blindId(id)), (entry) =>
      entry === undefined ? undefined : after(entries.read(entry), (found) => found && this.#ofEntry(found)),
    );
  }

  #ofVersion(type: string, id: string, version: number): Awaitable<Opening | undefined> {
    const { storage, keys, entries } = this.#parts;
    return after(this.#reader.currentOf(type, id), (current) => {
      if (current === undefined)
        return type === 'AuditEvent' && version === 1 ? this.#ofEvent(id) : undefined;
      return after(storage.version(current.rid, version), (row) => {
        if (row === undefined) return undefined;
        return after(entries.read(row.entry), (found) => {
          if (found === undefined) return undefined;
          if (row.sealed === null || row.state === 'erased') return openingOf(found, undefined);
          const { text } = this.#reader.open(row, current.name, id);
          const salts = inAuditCustody(row.rid)
            ? keys.auditSalts(row.entry)
            : new ContentSalts(this.#reader.keyOf(row) ?? new Uint8Array());
          return openingOf(found, text === undefined ? undefined : { salts, text });
        });
      });
    });
  }

  #ofEntry(found: StoredEntry): Awaitable<Opening> {
    const { storage, keys } = this.#parts;
    if (found.record.content !== '') {
      return openingOf(found, { salts: keys.auditSalts(found.entry), text: found.record.content });
    }
    return after(storage.content(found.entry), (row) =>
      openingOf(found, row === undefined ? undefined : this.#contentOf(row)),
    );
  }

  #contentOf(row: ContentRow): Content | undefined {
    const key = row.sealed === null ? undefined : this.#parts.keys.dataKey(row.rid, row.generation);
    if (row.sealed === null || key === undefined) return undefined;
    const context = associatedData('content', this.#parts.organisation, row.entry);
    try {
      return { salts: new ContentSalts(key), text: unpackText(open(key, row.sealed, context)) };
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
      throw new VaultError(
        'damaged',
        'The content of an event was changed or moved; run "holdfast fsck".',
        cause,
      );
    }
  }
}

function openingOf({ record, leaf }: StoredEntry, content: Content | undefined): Opening {
  const event = eventOf(record);
  const opening = { event, salt: fromBase64(record.salt), leaf };
  if (content === undefined || event.content === undefined) return opening;
  const { salts, text } = content;
  return { ...opening, contentSalt: salts.of(event.id), ...(text === undefined ? {} : { content: text }) };
}
