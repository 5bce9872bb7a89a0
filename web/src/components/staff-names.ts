import type { NetworkRecord } from '../api/record.ts';

/** Names of people as a record gives them, by `<organisation>/<reference>`. */
export type StaffNames = ReadonlyMap<string, string>;

function collect(value: unknown, organisation: string, names: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) return;
  const { reference, display } = value as { reference?: unknown; display?: unknown };
  if (typeof reference === 'string' && typeof display === 'string')
    names.set(`${organisation}/${reference}`, display);
  for (const inner of Object.values(value)) collect(inner, organisation, names);
}

/** The names of everybody whom a record refers to with a name; empty while there is no record. */
export function staffNames(record: NetworkRecord | undefined): StaffNames {
  const names = new Map<string, string>();
  for (const { organisation, resource } of record?.entries ?? []) collect(resource, organisation, names);
  return names;
}
