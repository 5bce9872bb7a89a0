import { LRUCache } from 'lru-cache';
import type { Search } from '../../r4/index.ts';
import type { StoredVersion, Vault, VersionWrite } from '../../vault/index.ts';
import { asElement, codingKeysOf, objectsIn } from '../element.ts';
import { decidableFacts } from '../labelling/computed-labels.ts';
import type { LabelRules } from '../labelling/label-rules.ts';

/** Children whose parents are signed in at the same time. */
const MAX_CHILDREN = 128; // about 100 kB for each
/** Resources read at a time. */
const PAGE = 500;

type Labels = readonly string[];
type Labelled = Pick<StoredVersion, 'type' | 'id' | 'facts' | 'text'>;

interface Entry {
  /** Labels of each resource by reference; undefined while the record is being read. */
  labels: Map<string, Labels> | undefined;
  reading: Promise<void>;
  /** What was written while it was being read. */
  readonly meanwhile: Labelled[];
}

/** What the vault offers to whoever reads a record here. */
export type RecordReader = Pick<Vault, 'compartment' | 'read' | 'search'>;

/**
 * The security labels in the records of children whose parents ask, in memory: by them it is told which objects an AuditEvent may
 * name to a parent. Kept in step with what is written.
 */
export class ChildRecords {
  readonly #vault: RecordReader;
  readonly #rules: LabelRules;
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_CHILDREN });

  constructor(vault: RecordReader, rules: LabelRules) {
    this.#vault = vault;
    this.#rules = rules;
  }

  /** Reads a child's record unless it is known. */
  async prepare(patient: string): Promise<void> {
    const known = this.#entries.get(patient);
    if (known !== undefined) return known.reading;
    const entry: Entry = { labels: undefined, reading: Promise.resolve(), meanwhile: [] };
    entry.reading = this.#read(patient).then(
      (labels) => {
        for (const written of entry.meanwhile) labels.set(...this.#labelled(written));
        entry.labels = labels;
      },
      (error: unknown) => {
        this.#entries.delete(patient);
        throw error;
      },
    );
    this.#entries.set(patient, entry);
    return entry.reading;
  }

  /** Whether a child's record is known. */
  isKnown(patient: string): boolean {
    return this.#entries.peek(patient)?.labels !== undefined;
  }

  /** Labels of a resource of the child; undefined for one that is not in the record, and while that is not known. */
  labelsOf(patient: string, reference: string): Labels | undefined {
    return this.#entries.get(patient)?.labels?.get(reference);
  }

  /** Takes what was written into the records that are held. */
  written(versions: readonly VersionWrite[]): void {
    if (this.#entries.size === 0) return;
    for (const version of versions)
      for (const patient of version.patients) {
        const entry = this.#entries.peek(patient);
        if (entry?.labels === undefined) entry?.meanwhile.push(version);
        else entry.labels.set(...this.#labelled(version));
      }
  }

  /** Forgets all of them: something changed that is no version, such as an erasure. */
  forget(): void {
    this.#entries.clear();
  }

  /** With the labels that it is given here. A Consent tells of what its provisions are about. */
  #labelled({ type, id, facts, text }: Labelled): [string, Labels] {
    const { labels } = decidableFacts(this.#rules, facts);
    const named =
      type === 'Consent' && text !== undefined ? namedIn(asElement(JSON.parse(text))?.provision) : [];
    return [`${type}/${id}`, [...labels, ...named]];
  }

  async #read(patient: string): Promise<Map<string, Labels>> {
    const labels = new Map<string, Labels>();
    const add = async ({ type, id }: { type: string; id: string }) => {
      const stored = await this.#vault.read(type, id);
      if (stored?.text !== undefined) labels.set(...this.#labelled(stored));
    };
    let cursor: string | undefined;
    do {
      const page = await this.#vault.compartment({ patient, limit: PAGE, cursor });
      for (const hit of page.hits) await add(hit);
      cursor = page.next;
    } while (cursor !== undefined);
    // A compartment leaves out what is in audit custody.
    do {
      const page = await this.#vault.search({ search: consentsOf(patient), limit: PAGE, cursor });
      for (const hit of page.hits) await add(hit);
      cursor = page.next;
    } while (cursor !== undefined);
    return labels;
  }
}

function consentsOf(patient: string): Search {
  const values = [{ by: 'id' as const, types: ['Patient'], id: patient }];
  const filters = [{ kind: 'reference' as const, param: 'patient', values }];
  return { type: 'Consent', filters, includes: [], revIncludes: [], sort: [] };
}

function namedIn(provision: unknown): string[] {
  const { securityLabel, provision: nested } = asElement(provision) ?? {};
  return [...codingKeysOf(securityLabel), ...objectsIn(nested).flatMap(namedIn)];
}
