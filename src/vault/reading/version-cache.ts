import { LRUCache } from 'lru-cache';
import type { StoredVersion } from '../stored-version.ts';

/** Logical ids whose row is remembered: about 4 MB, as many as the versions that fit beside them. */
const MAX_IDS = 20_000;
/** What an entry takes beside its text: object, strings, list node. */
const OVERHEAD_BYTES = 600;
/** Facts are a few codes; counted roughly. */
const FACT_BYTES = 120;

/** Newest versions, decrypted, within a bound of bytes; dropped when their key is destroyed. */
export class VersionCache {
  readonly #versions: LRUCache<number, StoredVersion>;
  readonly #rids = new LRUCache<string, number>({ max: MAX_IDS });

  constructor(maxSizeBytes: number) {
    this.#versions = new LRUCache({ maxSize: Math.max(1, maxSizeBytes), sizeCalculation: sizeOf });
  }

  /** The newest version of a row; undefined when it is not held. */
  ofRow(rid: number): StoredVersion | undefined {
    return this.#versions.get(rid);
  }

  /** The newest version of a logical id; undefined when it is not held. */
  of(type: string, id: string): StoredVersion | undefined {
    const rid = this.#rids.get(`${type}/${id}`);
    return rid === undefined ? undefined : this.#versions.get(rid);
  }

  /** Holds a newest version. */
  put(rid: number, version: StoredVersion): void {
    this.#versions.set(rid, version);
    this.#rids.set(`${version.type}/${version.id}`, rid);
  }

  /** Drops a row. */
  drop(rid: number): void {
    this.#versions.delete(rid);
  }

  /** Drops everything: after an erasure no decrypted copy may stay. */
  clear(): void {
    this.#versions.clear();
    this.#rids.clear();
  }
}

function sizeOf({ text, facts }: StoredVersion): number {
  const codes = facts.codes.length + facts.classes.length + facts.labels.length + facts.categories.length;
  return OVERHEAD_BYTES + (text?.length ?? 0) + FACT_BYTES * codes;
}
