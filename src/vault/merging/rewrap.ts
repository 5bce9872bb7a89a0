import { canonicalize } from '../../proof/index.ts';
import type { Rewrapping } from '../keys/key-rows.ts';
import type { Merge } from '../keys/merged-patients.ts';
import type { Writer, WritingParts } from '../writing/writer.ts';

/** Moves wraps and says so in the log. The caller keeps every other erasure and merge out; no write is under way meanwhile. */
export async function rewrap(
  { keys, merges, cache }: Pick<WritingParts, 'keys' | 'merges' | 'cache'>,
  writer: Writer,
  merge: Merge,
  work: () => Rewrapping | Promise<Rewrapping & { merge: Merge }>,
): Promise<Merge> {
  await writer.idle();
  const rewrapping = await work();
  const done = 'merge' in rewrapping ? { ...rewrapping.merge, actor: merge.actor, time: merge.time } : merge;
  const object = `${rewrapping.merged === undefined ? 'unmerge' : 'merge'}/${done.from}`;
  await writer.commitEvent(
    { kind: 'administration', object, actor: done.actor, time: done.time, text: canonicalize(done) },
    () => ({}),
  );
  await writer.idle();
  keys.store.move(rewrapping);
  merges.forget();
  cache.clear();
  return done;
}
