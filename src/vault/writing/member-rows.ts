import { type IndexRows, rowsWithout } from '../blind-index/index-rows.ts';
import type { VersionWrite } from '../change.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { Member } from './member.ts';

/** Adds to a member what the index of a row gains and loses. */
export function addRows(member: Member, rid: number, before: IndexRows, rows: IndexRows): void {
  const added = rowsWithout(rows, before);
  const removed = rowsWithout(before, rows);
  member.keys.push({ rid, groups: [added.keys, added.members] });
  for (const span of added.spans) member.spans.push({ rid, ...span });
  for (const key of removed.keys) member.removedPostings.push({ key, rids: [rid] });
  for (const span of removed.spans) member.removedSpans.push({ rid, ...span });
}

/** A written version as it will be read. */
export function storedOf({
  type,
  id,
  version,
  lastUpdated,
  text,
  patients,
  facts,
}: VersionWrite): StoredVersion {
  const stored = { type, id, version, lastUpdated, patients, facts };
  return text === undefined ? { ...stored, deleted: true } : { ...stored, text };
}
