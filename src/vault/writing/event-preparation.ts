import { seal } from '../../crypto/index.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import { blindId } from '../blind-index/blind-key.ts';
import type { EventWrite } from '../change.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { type EventDraft, type LedgerHead, makeEntry } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts } from '../reading/version-reader.ts';
import { associatedData } from '../sealing/associated-data.ts';
import { packText } from '../sealing/compressed-text.ts';
import type { CurrentRow } from '../storage/storage.ts';
import type { Member } from './member.ts';
import type { Numbers } from './numbers.ts';

/** Adds an event to a member: its entry, and its content sealed where that is kept. Throws `VaultError` `not-found` or `erased`. */
export function addEvent(
  parts: Pick<ReadingParts, 'keys' | 'organisation'> & { readonly numbers: Numbers },
  member: Member,
  { id, kind, object, actor, time, content }: EventWrite,
  currents: ReadonlyMap<string, CurrentRow | undefined>,
  head: LedgerHead,
): void {
  const { keys, numbers, organisation } = parts;
  const entry = numbers.entry();
  const draft: EventDraft = { entry, ...(id === undefined ? {} : { id }), kind, object, actor, time };
  const add = (more: Partial<EventDraft>): void => {
    const prepared = makeEntry({ ...draft, ...more }, organisation, head);
    member.entries.push(prepared);
    member.names.push({ name: blindId(prepared.eventId), rid: entry });
  };
  if (content === undefined) {
    add({});
    return;
  }
  const { text, sourceKey } = content;
  const source = sourceKey === 'audit' ? undefined : currents.get(`${sourceKey.type}/${sourceKey.id}`);
  if (sourceKey === 'audit' || custodyOf(sourceKey.type) === 'audit') {
    add({ content: { text, salts: keys.auditSalts(entry) }, kept: { content: text } });
    return;
  }
  const key = source === undefined ? undefined : keys.dataKey(source.rid, source.generation);
  if (source === undefined)
    throw new VaultError('not-found', 'The resource that an event is taken from is not stored here.');
  if (key === undefined)
    throw new VaultError('erased', 'The resource that an event is taken from was erased.');
  add({ content: { text, salts: new ContentSalts(key) } });
  const sealed = seal(key, packText(text), associatedData('content', organisation, entry));
  member.contents.push({ entry, rid: source.rid, generation: source.generation, sealed });
}
