import type { IndexEntry } from '../../src/r4/index.ts';
import type { SampleResource } from './sample.ts';
import type { StolenData } from './stolen-data.ts';

/** Rows that share one value of a search parameter, and what can be seen of them without knowing the value. */
export interface Group {
  /** The values that stand beside exactly these rows, or the blind value in their place. */
  readonly names: readonly string[];
  readonly rows: number;
  readonly patients: number;
  /** For each row the numbers that stand in the clear, ascending. */
  readonly numbers: readonly (readonly number[])[];
}

/** Numbers beyond this are times in milliseconds: no measured value of the sample comes near. */
const FIRST_TIME = 1e8; // about a day away from 1970

/** What a search parameter's entry says, as text; undefined where nothing of it is hidden, and for references. */
export function hiddenText(entry: IndexEntry): string | undefined {
  switch (entry.kind) {
    case 'token':
      return `${entry.system ?? ''}|${entry.code}`;
    case 'string':
      return entry.exact;
    case 'uri':
      return entry.value;
    case 'date':
      return entry.hidden === true ? entry.value : undefined;
    default:
      return undefined;
  }
}

/** Positions in the list of the resources that have each value of a parameter. */
export function positionsByValue(
  resources: readonly SampleResource[],
  type: string,
  param: string,
  of: (entry: IndexEntry) => string | undefined = hiddenText,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [position, resource] of resources.entries()) {
    if (resource.type !== type) continue;
    const values = new Set(resource.index.filter((entry) => entry.param === param).map(of));
    for (const value of values) {
      if (value === undefined) continue;
      const list = found.get(value);
      if (list === undefined) found.set(value, [position]);
      else list.push(position);
    }
  }
  return found;
}

function numbersIn(entry: IndexEntry): number[] {
  if (entry.kind === 'number' || entry.kind === 'quantity') return [entry.value];
  return entry.kind === 'composite' ? entry.components.flat().flatMap(numbersIn) : [];
}

const ascending = (numbers: Iterable<number>) => [...new Set(numbers)].sort((a, b) => a - b);

/** Positions with their values: values that only ever occur together cannot be told apart by their rows. */
export function valuesByPositions(
  values: ReadonlyMap<string, readonly number[]>,
): { readonly names: readonly string[]; readonly positions: readonly number[] }[] {
  const found = new Map<string, { names: string[]; positions: readonly number[] }>();
  for (const [value, positions] of values) {
    const together = found.get(positions.join());
    if (together === undefined) found.set(positions.join(), { names: [value], positions });
    else together.names.push(value);
  }
  return [...found.values()];
}

/** What the thief knows: groups of the other half, by their values. */
export function knownGroups(
  resources: readonly SampleResource[],
  values: ReadonlyMap<string, readonly number[]>,
): Group[] {
  return valuesByPositions(values).map(({ names, positions }) => {
    const members = positions.flatMap((at) => resources[at] ?? []);
    return {
      names,
      rows: positions.length,
      patients: new Set(members.flatMap(({ patients }) => patients)).size,
      numbers: members.map(({ index }) => ascending(index.flatMap(numbersIn))),
    };
  });
}

/** What the thief sees: rows under a blind value. */
export function seenGroup(data: StolenData, patientOf: ReadonlyMap<number, number>, blind: string): Group {
  const rids = data.postings.get(blind) ?? [];
  return {
    names: [blind],
    rows: rids.length,
    patients: new Set(rids.map((rid) => patientOf.get(rid))).size,
    numbers: rids.map((rid) => numbersOf(data, rid)),
  };
}

/** The numbers that stand in the clear beside a row, ascending. */
export function numbersOf(data: StolenData, rid: number): number[] {
  const values = (data.clear.get(rid) ?? []).map(({ value }) => value);
  return ascending(values.filter((value) => Math.abs(value) < FIRST_TIME));
}

/** The times that stand in the clear beside a row, milliseconds since 1970. */
export function timesOf(data: StolenData, rid: number): number[] {
  const values = (data.clear.get(rid) ?? []).map(({ value }) => value);
  return values.filter((value) => Math.abs(value) >= FIRST_TIME);
}
