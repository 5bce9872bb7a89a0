import { LRUCache } from 'lru-cache';
import { hmac } from '../../crypto/index.ts';
import type { IndexEntry } from '../../r4/index.ts';
import { BLIND_BYTES, BlindNames } from './blind-names.ts';
import { compositeForms } from './composite-forms.ts';
import { identifierForms, PLAIN_SPAN, PRESENT, resourceForm, stringForms, tokenForms, unitForms, urlForm } from './forms.ts';
import { dateForms } from './hidden-date.ts';
import type { IndexRows, Span } from './index-rows.ts';

/** Blind values kept, so that what repeats (codes, patients, users) is hashed once: about 40 MB. */
const MAX_KNOWN = 200_000;
/** Longer texts hardly repeat and would fill the memory. */
const MAX_KNOWN_CHARACTERS = 256;
/** AuditEvent and Consent have index keys of their own and outlive clinical erasure (DESIGN §5). */
const AUDIT_TYPES: ReadonlySet<string> = new Set(['AuditEvent', 'Consent']);
/** Pseudo-parameters: every resource of a type, and of a patient's compartment. */
const ALL = '*';
const MEMBER = '+';
const LAST_UPDATED = '_lastUpdated';
const FROM_VERSION: ReadonlySet<string> = new Set(['_id', LAST_UPDATED]);
/** An unbounded end of a range, as the store can hold it. */
const UNBOUNDED = Number.MAX_VALUE;

/** Whether a type is kept in audit custody whatever its writer says. */
export function isAuditType(type: string): boolean {
  return AUDIT_TYPES.has(type);
}

/**
 * Turns values into what the data may hold of them: 128-bit HMACs under a key of their own for every type and search
 * parameter (DESIGN §5). Numbers and times that are not of birth or death stay in the clear, under such a key.
 */
export class BlindIndex {
  readonly names: BlindNames;
  readonly #clinical: Uint8Array;
  readonly #audit: Uint8Array;
  readonly #parameterKeys = new Map<string, Buffer>();
  readonly #known = new LRUCache<string, Buffer>({ max: MAX_KNOWN });

  /** Under the two roots of the organisation's index. */
  constructor(clinical: Uint8Array, audit: Uint8Array) {
    this.#clinical = clinical;
    this.#audit = audit;
    this.names = new BlindNames(clinical);
  }

  /** The blind value of a form of a type's parameter. The same object while it is known: do not change its bytes. */
  key(type: string, param: string, form: string): Buffer {
    const place = `${type}.${param}\n${form}`;
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const key = hmac(this.#parameterKey(type, param), form).subarray(0, BLIND_BYTES);
    if (place.length <= MAX_KNOWN_CHARACTERS) this.#known.set(place, key);
    return key;
  }

  /** Under which every live resource of a type stands. */
  all(type: string): Buffer {
    return this.key(type, ALL, '');
  }

  /** Under which the resources of a patient's compartment stand; those in audit custody apart. */
  member(patient: string, custody: 'resource' | 'audit'): Buffer {
    return this.memberNamed(this.names.of('Patient', patient), custody);
  }

  /** {@link member}, by the Patient's blind name. */
  memberNamed(name: Uint8Array, custody: 'resource' | 'audit'): Buffer {
    return this.key(custody === 'audit' ? 'AuditEvent' : '', MEMBER, resourceForm(name));
  }

  /**
   * Everything a live resource is found by, apart from its compartments. `_id` and `_lastUpdated` come from the version
   * itself, whatever the entries say.
   */
  rows(type: string, entries: readonly IndexEntry[], updatedMs: number): IndexRows {
    const updated = this.key(type, LAST_UPDATED, PLAIN_SPAN);
    const keys = new Set<Buffer>([this.all(type)]);
    const spans: Span[] = [{ key: updated, low: updatedMs, high: updatedMs, value: updatedMs }];
    for (const entry of entries) {
      if (FROM_VERSION.has(entry.param)) continue;
      keys.add(this.key(type, entry.param, PRESENT));
      for (const form of this.#forms(entry)) keys.add(this.key(type, entry.param, form));
      for (const { form, low, high, value } of spansOf(entry, this.names)) {
        spans.push({ key: this.key(type, entry.param, form), low: finite(low), high: finite(high), value });
      }
    }
    return { keys: [...keys], spans };
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

  #parameterKey(type: string, param: string): Buffer {
    const place = `${type}.${param}`;
    const known = this.#parameterKeys.get(place);
    if (known !== undefined) return known;
    const root = isAuditType(type) ? this.#audit : this.#clinical;
    const key = hmac(root, `holdfast/blind/v1\nparameter\n${place}`);
    this.#parameterKeys.set(place, key);
    return key;
  }
}

type FormedSpan = { readonly form: string } & Omit<Span, 'key'>;

function spansOf(entry: IndexEntry, names: BlindNames): readonly FormedSpan[] {
  switch (entry.kind) {
    case 'date':
      if (entry.hidden) return [];
      return [{ form: PLAIN_SPAN, low: entry.low, high: entry.high, value: entry.low }];
    case 'number':
      return [{ form: PLAIN_SPAN, low: entry.low, high: entry.high, value: entry.value }];
    case 'quantity': {
      const { low, high, value } = entry;
      return unitForms(entry).map((form) => ({ form, low, high, value }));
    }
    case 'composite':
      return compositeForms(entry, names).spans ?? [];
    default:
      return [];
  }
}

/** "< 5" has no lower end: the store holds the smallest number there is. */
function finite(number: number): number {
  return Math.max(-UNBOUNDED, Math.min(UNBOUNDED, number));
}
