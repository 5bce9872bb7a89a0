import { type Blind, blindId } from '../blind-index/blind-key.ts';
import { MAX_PAGE_CHARACTERS, MAX_PAGE_ENTRIES, sealPage } from '../entries/entry-page.ts';
import { seriesOf } from '../numbering.ts';
import type { Batch, PageRow, Posting } from '../storage/rows.ts';
import type { Group } from './group.ts';
import type { PreparedEntry } from './member.ts';

/** The audit key that seals an entry. */
export type AuditKeyOf = (entry: number) => Uint8Array;

/** The rows of a group as one batch: entries sealed in pages, rows under the same blind value together. */
export function assemble(group: Group, auditKey: AuditKeyOf, organisation: string): Batch {
  const { entries, keys, ...rows } = group;
  return {
    ...rows,
    commitments: entries.map(({ commitment }) => commitment),
    pages: pagesOf(entries, auditKey, organisation),
    postings: postingsOf(group),
  };
}

/** Pages of consecutive entries; `leaf` counts from the first entry of the batch. */
function pagesOf(entries: readonly PreparedEntry[], auditKey: AuditKeyOf, organisation: string): PageRow[] {
  const pages: PageRow[] = [];
  for (let from = 0; from < entries.length; ) {
    const to = endOfPage(entries, from);
    const first = entries[from]?.entry ?? 0;
    const records = entries.slice(from, to).map(({ record }) => record);
    pages.push({ ...sealPage(auditKey(first), organisation, first, records), leaf: from });
    from = to;
  }
  return pages;
}

function endOfPage(entries: readonly PreparedEntry[], from: number): number {
  const first = entries[from]?.entry ?? 0;
  let characters = 0;
  let to = from;
  for (; to < entries.length && to - from < MAX_PAGE_ENTRIES; to += 1) {
    const next = entries[to];
    if (next === undefined || next.entry !== first + (to - from)) break;
    // One audit key per page: a page ends with its series.
    if (seriesOf(next.entry) !== seriesOf(first)) break;
    characters += next.record.content.length;
    if (to > from && characters > MAX_PAGE_CHARACTERS) break;
  }
  return to;
}

/** Rows by blind value. Most lists of values are shared by many rows: they are gathered first. */
function postingsOf({ entries, keys }: Group): Posting[] {
  const byGroup = new Map<readonly Blind[], number[]>();
  for (const { rid, groups } of keys) {
    for (const group of groups) {
      const rids = byGroup.get(group);
      if (rids === undefined) byGroup.set(group, [rid]);
      else if (rids.at(-1) !== rid) rids.push(rid);
    }
  }
  const byKey = new Map<Blind, number[][]>();
  // An event's id is random and needs no blinding: it stands beside the blind values, not in an index of its own.
  for (const { entry, eventId } of entries) byKey.set(blindId(eventId), [[entry]]);
  for (const [group, rids] of byGroup) {
    for (const key of group) {
      const lists = byKey.get(key);
      if (lists === undefined) byKey.set(key, [rids]);
      else lists.push(rids);
    }
  }
  return Array.from(byKey, ([key, lists]) => ({
    key,
    rids: lists.length === 1 ? (lists[0] ?? []) : union(lists),
  }));
}

/** Each row once, ascending, so that the ids of one bucket stand together. */
function union(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
