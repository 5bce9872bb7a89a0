import type { Profile } from '../profile.ts';
import type { Random } from '../xoshiro128.ts';
import { ADULTS_WITH_CHRONIC_DISEASE } from './adults-with-chronic-disease.ts';
import { ADULTS_WITH_OTHER_DISEASE } from './adults-with-other-disease.ts';
import { ADULTS_WITH_SENSITIVE_RECORDS } from './adults-with-sensitive-records.ts';
import { FAMILIES } from './families.ts';
import { inventProfile } from './invented.ts';

const WRITTEN: readonly Profile[] = [
  ...ADULTS_WITH_CHRONIC_DISEASE,
  ...ADULTS_WITH_SENSITIVE_RECORDS,
  ...FAMILIES,
  ...ADULTS_WITH_OTHER_DISEASE,
];

/** Returns that many people: those written by hand first, then drawn ones. */
export function castOf(count: number, random: Random): Profile[] {
  const cast = WRITTEN.slice(0, count);
  for (let index = 0; cast.length < count; index += 1) {
    cast.push(inventProfile(random.fork(`person-${index}`), index));
  }
  return cast;
}
