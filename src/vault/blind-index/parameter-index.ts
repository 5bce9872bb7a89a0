import type { IndexEntry } from '../../r4/index.ts';
import { GenerationCache } from '../generation-cache.ts';
import { type Blind, BlindKey } from './blind-key.ts';
import type { BlindNames } from './blind-names.ts';
import { compositeForms } from './composite-forms.ts';
import { identifierForms, PRESENT, resourceForm, stringForms, tokenForms, urlForm } from './forms.ts';
import { dateForms } from './hidden-date.ts';

/** Values of one parameter kept, so that what repeats (codes, patients, users) is hashed once: at most about 2.5 MB. */
const MAX_KNOWN = 4_096;
/** Longer texts hardly repeat and would fill the memory. */
const MAX_KNOWN_CHARACTERS = 128;

/** The values of one token code or referenced id, by what else tells them apart. */
interface Known {
  readonly other: string | undefined;
  readonly keys: readonly Blind[];
}

/** The blind values of one search parameter of one type. */
export class ParameterIndex {
  readonly #key: BlindKey;
  readonly #names: BlindNames;
  readonly #forms = new GenerationCache<string, Blind>(MAX_KNOWN);
  #present: readonly Blind[] | undefined;
  readonly #entries = new GenerationCache<string, Known[]>(MAX_KNOWN);

  /** Under the parameter's own key. */
  constructor(key: Uint8Array, names: BlindNames) {
    this.#key = new BlindKey(key);
    this.#names = names;
  }

  /** The blind value of a form. */
  of(form: string): Blind {
    if (form.length > MAX_KNOWN_CHARACTERS) return this.#key.of(form);
    const known = this.#forms.get(form);
    if (known !== undefined) return known;
    const key = this.#key.of(form);
    this.#forms.set(form, key);
    return key;
  }

  /** The blind value of "has any value", in a list of its own that every row of the parameter shares. */
  get present(): readonly Blind[] {
    this.#present ??= [this.of(PRESENT)];
    return this.#present;
  }

  /** Every other blind value of an entry. Those of tokens and references, which repeat most, are found by one look-up. */
  keysOf(entry: IndexEntry): readonly Blind[] {
    if (entry.kind === 'token') return this.#known(entry.code, entry.system, entry);
    if (entry.kind !== 'reference') return this.#make(entry);
    const { target, identifier } = entry;
    if (identifier !== undefined || target.url !== undefined || target.id === undefined)
      return this.#make(entry);
    return this.#known(target.id, target.type, entry);
  }

  #known(text: string, other: string | undefined, entry: IndexEntry): readonly Blind[] {
    if (text.length > MAX_KNOWN_CHARACTERS) return this.#make(entry);
    const all = this.#entries.get(text);
    const known = all?.find((each) => each.other === other);
    if (known !== undefined) return known.keys;
    const keys = this.#make(entry);
    if (all === undefined) this.#entries.set(text, [{ other, keys }]);
    else all.push({ other, keys });
    return keys;
  }

  #make(entry: IndexEntry): Blind[] {
    return this.#formsOf(entry).map((form) => this.of(form));
  }

  #formsOf(entry: IndexEntry): readonly string[] {
    switch (entry.kind) {
      case 'token':
        return tokenForms(entry);
      case 'reference': {
        const { target, identifier } = entry;
        const forms = identifier === undefined ? [] : identifierForms(identifier);
        if (target.url !== undefined) forms.push(urlForm(target.url));
        if (target.type === undefined || target.id === undefined) return forms;
        return [...forms, resourceForm(this.#names.of(target.type, target.id))];
      }
      case 'string':
        return stringForms(entry);
      case 'uri':
        return [urlForm(entry.value)];
      case 'date':
        return entry.value === undefined ? [] : dateForms(entry.value);
      case 'composite':
        return compositeForms(entry, this.#names).forms;
      case 'number':
      case 'quantity':
        return [];
    }
  }
}
