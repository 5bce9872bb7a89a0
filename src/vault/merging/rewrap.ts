import { canonicalize } from '../../proof/index.ts';
import type { Rewrapping } from '../keys/key-rows.ts';
import type { Merge } from '../keys/merged-patients.ts';
import type { Writer, WritingParts } from '../writing/writer.ts';

/**
 * Says in the log that wraps move, and moves them. The caller keeps every other erasure and merge out. What moves is worked out once
 * nothing else is being written, and what was made ready before it must be made anew: else a new record would stay behind.
 */
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
  await writer.alone(async () => {
    keys.store.move(await work());
    merges.forget();
    cache.clear();
  });
  return done;
}
