import { hmac } from '../../crypto/index.ts';
import type { IndexEntry } from '../../r4/index.ts';
import { GenerationCache } from '../generation-cache.ts';
import { BlindKey } from './blind-key.ts';
import { BlindNames } from './blind-names.ts';
import { compositeForms } from './composite-forms.ts';
import { identifierForms, PLAIN_SPAN, PRESENT, resourceForm, stringForms, tokenForms, urlForm } from './forms.ts';
import { dateForms } from './hidden-date.ts';
import type { IndexRows } from './index-rows.ts';
import { finite, LAST_UPDATED, spansOf } from './spans.ts';

/** Blind values kept, so that what repeats (codes, patients, users) is hashed once: at most about 60 MB. */
const MAX_KNOWN = 100_000;
/** Entries whose values are kept together. */
const MAX_KNOWN_ENTRIES = 50_000;
/** Longer texts hardly repeat and would fill the memory. */
const MAX_KNOWN_CHARACTERS = 256;
/** AuditEvent and Consent have index keys of their own and outlive clinical erasure (DESIGN §5). */
const AUDIT_TYPES: ReadonlySet<string> = new Set(['AuditEvent', 'Consent']);
/** Pseudo-parameters: every resource of a type, and of a patient's compartment. */
const ALL = '*';
const MEMBER = '+';
const FROM_VERSION: ReadonlySet<string> = new Set(['_id', LAST_UPDATED]);

/** Whether a resource is sealed under its own data key, or under the organisation's audit keys. */
export type Custody = 'resource' | 'audit';

/** Where a type is kept: AuditEvent and Consent outlive clinical erasure. */
export function custodyOf(type: string): Custody {
  return AUDIT_TYPES.has(type) ? 'audit' : 'resource';
}

/**
 * Turns values into what the data may hold of them: 128-bit HMACs under a key of their own for every type and search
 * parameter (DESIGN §5). Numbers and times that are not of birth or death stay in the clear, under such a key.
 */
export class BlindIndex {
  readonly names: BlindNames;
  readonly #roots: Readonly<Record<Custody, Uint8Array>>;
  readonly #parameterKeys = new Map<string, BlindKey>();
  readonly #known = new GenerationCache<string, Buffer>(MAX_KNOWN);
  readonly #knownEntries = new GenerationCache<string, readonly Buffer[]>(MAX_KNOWN_ENTRIES);

  /** Under the two roots of the organisation's index. */
  constructor(roots: Readonly<Record<Custody, Uint8Array>>) {
    this.#roots = roots;
    this.names = new BlindNames(roots.resource);
  }

  /** The blind value of a form of a type's parameter. The same object while it is known: do not change its bytes. */
  key(type: string, param: string, form: string): Buffer {
    const place = `${type}.${param}\n${form}`;
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const key = this.#parameterKey(type, param).of(form);
    if (place.length <= MAX_KNOWN_CHARACTERS) this.#known.set(place, key);
    return key;
  }

  /** Under which every live resource of a type stands. */
  all(type: string): Buffer {
    return this.key(type, ALL, '');
  }

  /** Under which the resources of a patient's compartment stand; those in audit custody apart. */
  member(patient: string, custody: Custody): Buffer {
    return this.memberNamed(this.names.of('Patient', patient), custody);
  }

  /** {@link member}, by the Patient's blind name. */
  memberNamed(name: Uint8Array, custody: Custody): Buffer {
    return this.key(custody === 'audit' ? 'AuditEvent' : '', MEMBER, resourceForm(name));
  }

  /**
   * Everything a live resource is found by, apart from its compartments. `_id` and `_lastUpdated` come from the version
   * itself, whatever the entries say. The same key may stand there several times.
   */
  rows(type: string, entries: readonly IndexEntry[], updatedMs: number): IndexRows {
    const keys: Buffer[] = [this.all(type)];
    const updated = this.key(type, LAST_UPDATED, PLAIN_SPAN);
    const spans = [{ key: updated, low: updatedMs, high: updatedMs, value: updatedMs }];
    for (const entry of entries) {
      if (FROM_VERSION.has(entry.param)) continue;
      for (const key of this.#keysOf(type, entry)) keys.push(key);
      for (const { form, low, high, value } of spansOf(entry, this.names)) {
        spans.push({ key: this.key(type, entry.param, form), low: finite(low), high: finite(high), value });
      }
    }
    return { keys, spans };
  }

  /** Tokens and references repeat most: all their values are found by one look-up. */
  #keysOf(type: string, entry: IndexEntry): readonly Buffer[] {
    const place = placeOf(type, entry);
    const known = place === undefined ? undefined : this.#knownEntries.get(place);
    if (known !== undefined) return known;
    const keys = [PRESENT, ...this.#forms(entry)].map((form) => this.key(type, entry.param, form));
    if (place !== undefined && place.length <= MAX_KNOWN_CHARACTERS) this.#knownEntries.set(place, keys);
    return keys;
  }

  #forms(entry: IndexEntry): readonly string[] {
    switch (entry.kind) {
      case 'token':
        return tokenForms(entry);
      case 'reference': {
        const { target, identifier } = entry;
        const forms = identifier === undefined ? [] : identifierForms(identifier);
        if (target.url !== undefined) forms.push(urlForm(target.url));
        if (target.type === undefined || target.id === undefined) return forms;
        return [...forms, resourceForm(this.names.of(target.type, target.id))];
      }
      case 'string':
        return stringForms(entry);
      case 'uri':
        return [urlForm(entry.value)];
      case 'date':
        return entry.value === undefined ? [] : dateForms(entry.value);
      case 'composite':
        return compositeForms(entry, this.names).forms;
      case 'number':
      case 'quantity':
        return [];
    }
  }

  #parameterKey(type: string, param: string): BlindKey {
    const place = `${type}.${param}`;
    const known = this.#parameterKeys.get(place);
    if (known !== undefined) return known;
    const root = this.#roots[custodyOf(type)];
    const key = new BlindKey(hmac(root, `holdfast/blind/v1\nparameter\n${place}`));
    this.#parameterKeys.set(place, key);
    return key;
  }
}

function placeOf(type: string, entry: IndexEntry): string | undefined {
  if (entry.kind === 'token') return `${type}.${entry.param}\nt${entry.system?.length ?? '-'}\n${entry.system}\n${entry.code}`;
  if (entry.kind !== 'reference' || entry.identifier !== undefined || entry.target.url !== undefined) return undefined;
  return `${type}.${entry.param}\nr${entry.target.type}/${entry.target.id}`;
}
