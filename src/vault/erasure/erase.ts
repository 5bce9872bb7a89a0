import { canonicalize } from '../../proof/index.ts';
import type { Writer } from '../writing/writer.ts';
import type { Eraser, ErasureServices } from './eraser.ts';
import type { ErasureOrder, Tombstone } from './tombstone.ts';

/**
 * Carries out an order; the caller keeps every other erasure and merge out. On the ledger first: from then on even a restore destroys the
 * key. Then the tombstone, then the key, then the data. Throws `VaultError` as `Eraser.check` and as the ledger does.
 */
export async function erase(
  eraser: Eraser,
  writer: Writer,
  order: ErasureOrder,
  { services, now }: { readonly services: ErasureServices; readonly now: () => Date },
): Promise<Tombstone> {
  await writer.idle();
  const target = await eraser.check(order, services, now());
  for (const keyId of target.keyIds) await services.commitErasure(Buffer.from(keyId).toString('hex'));
  await writer.idle();
  const tombstone = await eraser.tombstone(target, order, services, now());
  const { subject, actor, time } = tombstone;
  await writer.commitEvent(
    { kind: 'erasure', object: subject, actor, time, text: canonicalize(tombstone) },
    (entry) => ({ tombstones: [entry] }),
  );
  await writer.idle();
  await writer.alone(() => eraser.destroy(target));
  return tombstone;
}
