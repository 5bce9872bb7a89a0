import type { Item } from '../fhirpath/item.ts';
import { isObject } from '../resource.ts';
import type { StringEntry } from './index-entry.ts';
import { normalizeText } from './normalize.ts';
import { soundex } from './soundex.ts';

/** The parts of a type that string search looks at (R4 §3.1.1.5.6: each part of a name or address by itself). */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
};

/** The texts of an item; of a `phonetic` parameter, how its words sound. */
export function stringEntries(param: string, { value, type }: Item): StringEntry[] {
  const texts = typeof value === 'string' ? [value] : partsOf(value, PARTS[type.name] ?? []);
  if (param === 'phonetic') {
    return texts.flatMap(wordsOf).flatMap((word) => {
      const code = soundex(word);
      return code === undefined ? [] : [{ kind: 'string', param, normalized: code, exact: word }];
    });
  }
  return texts.map((text) => ({ kind: 'string', param, normalized: normalizeText(text), exact: text }));
}

function partsOf(value: unknown, names: readonly string[]): string[] {
  if (!isObject(value)) return [];
  return names
    .flatMap((name) => value[name])
    .filter((part): part is string => typeof part === 'string' && part !== '');
}

function wordsOf(text: string): string[] {
  return normalizeText(text).split(' ');
}
