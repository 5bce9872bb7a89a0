import { numbersOf, timesOf } from './groups.ts';
import type { SampleResource } from './sample.ts';
import type { StolenData } from './stolen-data.ts';

const DAY_MS = 86_400_000; // 24 h

/**
 * The rows of each patient: every other blind value belongs to one parameter of one type, so that a value beside rows of
 * several types can only be a patient's compartment.
 */
export function compartmentsOf(data: StolenData): (readonly number[])[] {
  const typeOf = new Map(data.rows.map(({ rid, type }) => [rid, type]));
  return [...data.postings.values()].filter((rids) => new Set(rids.map((rid) => typeOf.get(rid))).size > 1);
}

/** What the file says of its patients without a key, next to the truth. */
export function seenOfPatients(data: StolenData, stored: readonly SampleResource[]): object {
  const truth = new Map<string, number[]>();
  for (const [at, { patients }] of stored.entries()) {
    const rid = data.rows[at]?.rid ?? 0;
    for (const patient of patients) truth.set(patient, [...(truth.get(patient) ?? []), rid]);
  }
  const actual = new Map([...truth].map(([patient, rids]) => [rids.join(), patient]));
  const compartments = compartmentsOf(data);
  const sizes = compartments.map((rids) => rids.length).sort((a, b) => a - b);
  const born = new Map(
    stored.flatMap(({ type, id, index }) => {
      const birth = index.find((entry) => entry.kind === 'date' && entry.param === 'birthdate');
      return type === 'Patient' && birth?.kind === 'date' ? [[id, birth.low] as const] : [];
    }),
  );
  const written = Math.max(...data.rows.flatMap(({ rid }) => timesOf(data, rid)));
  const ages = compartments.flatMap((rids) => {
    const first = Math.min(...rids.flatMap((rid) => timesOf(data, rid)).filter((time) => time < written));
    const birth = born.get(actual.get(rids.join()) ?? '');
    return birth === undefined ? [] : [Math.abs(first - birth) / DAY_MS];
  });
  const within = (days: number) => ages.filter((age) => age <= days).length;
  const lengths = new Map<string, number>();
  for (const { type, sealedBytes } of data.rows) {
    const key = `${type} ${sealedBytes}`;
    lengths.set(key, (lengths.get(key) ?? 0) + 1);
  }
  return {
    patients: truth.size,
    compartmentsSeenExactly: compartments.filter((rids) => actual.has(rids.join())).length,
    recordsPerPatient: { least: sizes[0], middle: sizes[Math.floor(sizes.length / 2)], most: sizes.at(-1) },
    sizesThatOnePatientHas: sizes.filter((size) => sizes.filter((each) => each === size).length === 1).length,
    earliestTimeFromBirth: { withinADay: within(1), withinAMonth: within(31), withinAYear: within(366) },
    rowsWithATime: data.rows.filter(({ rid }) => timesOf(data, rid).some((time) => time < written)).length,
    rowsWithANumber: data.rows.filter(({ rid }) => numbersOf(data, rid).length > 0).length,
    sealedLengthsUniqueInType: [...lengths.values()].filter((count) => count === 1).length,
  };
}
