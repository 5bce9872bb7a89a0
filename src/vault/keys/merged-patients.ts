import { CryptoError, open, seal } from '../../crypto/index.ts';
import { fromUtf8, utf8 } from '../../proof/index.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import { associatedData } from '../sealing/associated-data.ts';
import type { KeyHierarchy } from './key-hierarchy.ts';
import type { MergedRow } from './key-rows.ts';

/** Merges are few; they share one key of the audit series, which no entry uses. */
const MERGES_SERIES = 0;

/** One patient merged into another. */
export interface Merge {
  /** Logical id of the Patient whose keys are wrapped for the other. */
  readonly from: string;
  readonly into: string;
  readonly actor: string;
  readonly time: string;
}

/** A merge with where it stands. */
export interface StandingMerge extends Merge {
  readonly row: MergedRow;
}

/** Who is merged into whom: read once, and again after each change. */
export class MergedPatients {
  readonly #keys: KeyHierarchy;
  readonly #organisation: string;
  #standing: readonly StandingMerge[] | undefined;
  #survivors = new Map<string, string>();

  constructor(keys: KeyHierarchy, organisation: string) {
    this.#keys = keys;
    this.#organisation = organisation;
  }

  /** Merges that stand. Throws `VaultError` `damaged`. */
  all(): readonly StandingMerge[] {
    if (this.#standing === undefined) {
      this.#standing = this.#keys.store.merged().map((row) => ({ ...this.#open(row), row }));
      this.#survivors = new Map(this.#standing.map(({ from, into }) => [from, into]));
    }
    return this.#standing;
  }

  /** The patients and whoever they were merged into, each once. */
  with(patients: readonly string[]): readonly string[] {
    if (this.all().length === 0) return patients;
    const into = patients.flatMap((patient) => this.#survivors.get(patient) ?? []);
    return into.length === 0 ? patients : [...new Set([...patients, ...into])];
  }

  /** The patients that were merged into this one. */
  into(patient: string): string[] {
    return this.all().flatMap(({ from, into }) => (into === patient ? [from] : []));
  }

  /** Blind names of the patients that were merged into a compartment, with their rows. */
  rowsInto(compartment: number): readonly MergedRow[] {
    return this.all().flatMap(({ row }) => (row.into === compartment ? [row] : []));
  }

  /** A row for the key store. */
  row(merge: Merge, place: { compartment: number; into: number; name: Blind }): MergedRow {
    const sealed = seal(this.#key(), utf8(JSON.stringify(merge)), this.#context(place.compartment));
    return { ...place, sealed };
  }

  /** Something changed. */
  forget(): void {
    this.#standing = undefined;
    this.#keys.forgetNames();
  }

  #open({ compartment, sealed }: MergedRow): Merge {
    try {
      return JSON.parse(fromUtf8(open(this.#key(), sealed, this.#context(compartment)))) as Merge;
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
      throw new VaultError('damaged', 'A merge of patients was changed; run "holdfast fsck".', cause);
    }
  }

  #key(): Buffer {
    return this.#keys.series('audit', MERGES_SERIES);
  }

  #context(compartment: number): Buffer {
    return associatedData('merge', this.#organisation, compartment);
  }
}
