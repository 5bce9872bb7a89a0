import { seal } from '../../crypto/index.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import type { AuditWrite, EventWrite } from '../change.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { type EventDraft, type LedgerHead, makeEntry } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import { associatedData } from '../sealing/associated-data.ts';
import { packText } from '../sealing/compressed-text.ts';
import type { CurrentRow } from '../storage/storage.ts';
import type { PreparationParts } from './change-preparation.ts';
import type { Member } from './member.ts';

/** Adds the AuditEvent of a request: sealed with its entry, found by its blind values. Throws `VaultError` `malformed`. */
export function addAudit(parts: PreparationParts, member: Member, write: AuditWrite, head: LedgerHead): void {
  const { index, keys, numbers, organisation } = parts;
  const { id, text, time, actor, patients, kind } = write;
  const entry = numbers.entry();
  const event = {
    entry,
    id,
    kind: kind ?? 'fhir.access',
    object: `AuditEvent/${id}/_history/1`,
    actor,
    time,
    content: { text, salts: keys.auditSalts(entry) },
    kept: { content: text, patients },
  };
  member.entries.push(makeEntry(event, organisation, head));
  const rows = index.rows('AuditEvent', write.index, Date.parse(time));
  member.keys.push({ rid: entry, groups: rows.groups });
  for (const span of rows.spans) member.spans.push({ rid: entry, ...span });
}

/**
 * Adds an event. `source` is the resource under whose key its content is kept, as it stands. Throws `VaultError`
 * `not-found`, `erased` or `malformed`.
 */
export function addEvent(
  parts: PreparationParts,
  member: Member,
  write: EventWrite,
  source: CurrentRow | undefined,
  head: LedgerHead,
): void {
  const { keys, numbers, organisation } = parts;
  const { id, kind, object, actor, time, content } = write;
  const entry = numbers.entry();
  const draft = { entry, ...(id === undefined ? {} : { id }), kind, object, actor, time };
  const add = (more: Partial<EventDraft>) => {
    member.entries.push(makeEntry({ ...draft, ...more }, organisation, head));
  };
  if (content === undefined) {
    add({});
    return;
  }
  const { text, sourceKey } = content;
  if (sourceKey === 'audit' || custodyOf(sourceKey.type) === 'audit') {
    add({ content: { text, salts: keys.auditSalts(entry) }, kept: { content: text } });
    return;
  }
  if (source === undefined) {
    throw new VaultError('not-found', 'The resource that an event is taken from is not stored here.');
  }
  const key = keys.dataKey(source.rid, source.generation);
  if (key === undefined)
    throw new VaultError('erased', 'The resource that an event is taken from was erased.');
  add({ content: { text, salts: new ContentSalts(key) } });
  const sealed = seal(key, packText(text), associatedData('content', organisation, entry));
  member.contents.push({ entry, rid: source.rid, generation: source.generation, sealed });
}
