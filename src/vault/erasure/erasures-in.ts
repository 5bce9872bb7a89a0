import { eventOf } from '../entries/entry-record.ts';
import { VaultError } from '../error.ts';
import type { WritingParts } from '../writing/writer.ts';
import { parseTombstone, type Tombstone } from './tombstone.ts';

/** Every erasure with the id of its event, oldest first; none where nothing was erased. Throws `VaultError` `damaged`. */
export async function erasuresIn({
  storage,
  entries,
}: Pick<WritingParts, 'storage' | 'entries'>): Promise<{ tombstone: Tombstone; event: string }[]> {
  const found: { tombstone: Tombstone; event: string }[] = [];
  for (const entry of await storage.tombstones()) {
    const stored = await entries.read(entry);
    if (stored === undefined) throw new VaultError('damaged', 'A tombstone is missing; run "holdfast fsck".');
    found.push({ tombstone: parseTombstone(stored.record.content), event: eventOf(stored.record).id });
  }
  return found;
}
