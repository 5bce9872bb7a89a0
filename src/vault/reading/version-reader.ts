import { type DecisionFacts, decisionFacts, parseResource } from '../../r4/index.ts';
import { type Awaitable, after } from '../awaitable.ts';
import type { BlindIndex } from '../blind-index/blind-index.ts';
import { type Blind, blindId } from '../blind-index/blind-key.ts';
import { eventOf } from '../entries/entry-record.ts';
import { VaultError } from '../error.ts';
import type { KeyHierarchy } from '../keys/key-hierarchy.ts';
import type { MergedPatients } from '../keys/merged-patients.ts';
import { inAuditCustody } from '../numbering.ts';
import { openVersion } from '../sealing/sealed-version.ts';
import type { VersionRow } from '../storage/rows.ts';
import type { CurrentRow, Storage } from '../storage/storage.ts';
import type { Head, StoredVersion } from '../stored-version.ts';
import type { EntryReader, StoredEntry } from './entry-reader.ts';
import type { VersionCache } from './version-cache.ts';

/** What a version reader reads with. */
export interface ReadingParts {
  readonly organisation: string;
  readonly storage: Storage;
  readonly keys: KeyHierarchy;
  readonly index: BlindIndex;
  readonly cache: VersionCache;
  readonly entries: EntryReader;
  readonly merges: MergedPatients;
}

const AUDIT_ID = /^[0-9a-f]{32}$/;

/** Reads and decrypts versions. */
export class VersionReader {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** The newest version of a resource, or the one named; undefined when there is none. Throws `VaultError`. */
  read(type: string, id: string, version?: number): Awaitable<StoredVersion | undefined> {
    const known = this.#parts.cache.of(type, id);
    if (known !== undefined && (version === undefined || version === known.version)) return known;
    return after(this.currentOf(type, id), (current) => {
      if (current === undefined) return after(this.#audit(type, id), (audit) => matching(audit, version));
      if (version === undefined || version === current.version) return this.openCurrent(current, id);
      return after(this.#parts.storage.version(current.rid, version), (row) =>
        row === undefined ? undefined : this.merged(this.open(row, current.name, id)),
      );
    });
  }

  /** The newest version's number; undefined when there is no such resource. */
  head(type: string, id: string): Awaitable<Head | undefined> {
    const known = this.#parts.cache.of(type, id);
    if (known !== undefined) return headOf(known);
    return after(this.currentOf(type, id), (current) => {
      if (current === undefined)
        return after(this.#audit(type, id), (audit) => (audit === undefined ? undefined : headOf(audit)));
      const { version, state } = current;
      return {
        version,
        ...(state === 'deleted' ? { deleted: true } : {}),
        ...(state === 'erased' ? { erased: true } : {}),
      };
    });
  }

  /** A resource's row with its newest version; undefined when there is none, and for the AuditEvent of a request. */
  currentOf(type: string, id: string): Awaitable<CurrentRow | undefined> {
    return this.#parts.storage.currentNamed(this.#parts.index.names.of(type, id));
  }

  /** The newest version of a row; undefined when there is none or it was erased, which leaves no logical id. */
  ofRow(rid: number): Awaitable<StoredVersion | undefined> {
    const known = this.#parts.cache.ofRow(rid);
    if (known !== undefined) return known;
    return after(this.#parts.storage.current(rid), (current) => {
      if (current !== undefined) return current.sealed === null ? undefined : this.openCurrent(current);
      if (!inAuditCustody(rid)) return undefined;
      return after(this.#parts.entries.read(rid), (entry) =>
        entry === undefined ? undefined : this.audit(entry),
      );
    });
  }

  /** The newest version of a row that was read. `id` is needed for one that was erased. */
  openCurrent(current: CurrentRow, id = ''): StoredVersion {
    const version = this.merged(this.open(current, current.name, id));
    if (version.erased === undefined) this.#parts.cache.put(current.rid, version);
    return version;
  }

  /** A version with those among its patients whom the ones it names were merged into: what both consent to counts for both. */
  merged(version: StoredVersion): StoredVersion {
    const patients = this.#parts.merges.with(version.patients);
    return patients === version.patients ? version : { ...version, patients };
  }

  /** Decrypts a version. `id` is needed for one that was erased. Throws `VaultError` `damaged` or `sealed-key-missing`. */
  open(row: Omit<VersionRow, 'state'>, name: Blind, id = ''): StoredVersion {
    const { rid, type, version, sealed } = row;
    if (sealed === null) return erased(row, id);
    const key = this.keyOf(row);
    if (key === undefined) {
      throw new VaultError(
        'sealed-key-missing',
        'A data key is not in this key store: restore the newest one.',
      );
    }
    const opened = openVersion(key, sealed, { organisation: this.#parts.organisation, type, name, version });
    if (opened.version !== version || this.#parts.index.names.of(type, opened.id) !== name) {
      throw new VaultError(
        'damaged',
        `A stored version of row ${rid} stands in the wrong place; run "holdfast fsck".`,
      );
    }
    return opened;
  }

  /** The key a version is sealed under; undefined when it is destroyed. */
  keyOf({ rid, entry, generation }: Pick<VersionRow, 'rid' | 'entry' | 'generation'>): Buffer | undefined {
    return inAuditCustody(rid) ? this.#parts.keys.audit(entry) : this.#parts.keys.dataKey(rid, generation);
  }

  /** The AuditEvent of a request; undefined when the entry is of something else. */
  audit({ entry, record }: StoredEntry): StoredVersion | undefined {
    if (record.patients === undefined) return undefined;
    const event = eventOf(record);
    const version: StoredVersion = {
      type: 'AuditEvent',
      id: event.id,
      version: 1,
      lastUpdated: event.time,
      text: record.content,
      patients: record.patients,
      facts: decisionFacts(parseResource(record.content).resource),
    };
    this.#parts.cache.put(entry, version);
    return version;
  }

  #audit(type: string, id: string): Awaitable<StoredVersion | undefined> {
    if (type !== 'AuditEvent' || !AUDIT_ID.test(id)) return undefined;
    return after(this.#parts.storage.entryOf(blindId(id)), (entry) => {
      if (entry === undefined) return undefined;
      // The id may be that of another event, whose entry began another resource.
      return after(this.ofRow(entry), (found) =>
        found?.type === type && found.id === id ? found : undefined,
      );
    });
  }
}

function matching(stored: StoredVersion | undefined, version: number | undefined): StoredVersion | undefined {
  return version === undefined || stored?.version === version ? stored : undefined;
}

function headOf({ version, deleted, erased }: StoredVersion): Head {
  return { version, ...(deleted ? { deleted } : {}), ...(erased ? { erased } : {}) };
}

function erased(
  { type, version, updatedMs }: Pick<VersionRow, 'type' | 'version' | 'updatedMs'>,
  id: string,
): StoredVersion {
  const facts: DecisionFacts = { type, classes: [], categories: [], codes: [], labels: [], patients: [] };
  return {
    type,
    id,
    version,
    lastUpdated: new Date(updatedMs).toISOString(),
    patients: [],
    facts,
    erased: true,
  };
}
