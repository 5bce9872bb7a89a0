import type { RecordEntry } from '../api/record.ts';
import { recordRows, SECTION_ORDER } from './record-row.ts';

/** What is nobody's record in particular. */
const NOT_OF_A_PATIENT: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
]);

/** An entry of the record that can be asked to be amended. */
export interface Amendable {
  /** `Type/id`, as a request names it. */
  object: string;
  version: string;
  section: string;
  label: string;
}

declare module '@tanstack/history' {
  interface HistoryState {
    /** What somebody came to have changed, as {@link placeOf} says it: kept beside the address, which others who use the browser see. */
    about?: string;
  }
}

/** A place in the record: organisation and entry. */
export const placeOf = ({ organisation, resource }: RecordEntry): string =>
  `${organisation}/${resource.resourceType}/${resource.id ?? ''}`;

/** The entries that one organisation wrote, in words, newest first. */
export function amendable(entries: readonly RecordEntry[], organisation: string): Amendable[] {
  const own = entries.filter(
    ({ organisation: at, resource }) => at === organisation && !NOT_OF_A_PATIENT.has(resource.resourceType),
  );
  return recordRows(own).map(({ entry, section, date, title, detail }) => {
    const { resourceType, id = '', meta } = entry.resource;
    return {
      object: `${resourceType}/${id}`,
      version: (meta as { versionId?: string } | undefined)?.versionId ?? '',
      section,
      label: [date, title, detail].filter((part) => part !== '').join(', '),
    };
  });
}

/** The same by section, in the order of the record. */
export function grouped(found: readonly Amendable[]): { group: string; items: readonly Amendable[] }[] {
  return SECTION_ORDER.map((group) => ({
    group,
    items: found.filter(({ section }) => section === group),
  })).filter(({ items }) => items.length > 0);
}
