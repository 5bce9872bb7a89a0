import { canonicalize } from '../../proof/index.ts';
import { VaultError } from '../error.ts';
import type { Writer } from '../writing/writer.ts';
import type { HoldRegister } from './hold-register.ts';
import type { Hold, HoldOrder } from './tombstone.ts';

/** Places a hold and says so in the log; the caller keeps erasures out meanwhile. */
export async function placeHold(
  holds: HoldRegister,
  writer: Writer,
  order: HoldOrder,
  time: string,
): Promise<Hold> {
  const { hold, row } = holds.make(order, time);
  await writer.commitEvent(
    { kind: 'administration', object: `hold/${hold.id}`, actor: order.actor, time, text: canonicalize(hold) },
    () => ({ holds: [row] }),
  );
  return hold;
}

/** Releases a hold and says so in the log. Throws `VaultError` `not-found`. */
export async function releaseHold(
  holds: HoldRegister,
  writer: Writer,
  id: string,
  { actor, now }: { readonly actor: string; readonly now: () => Date },
): Promise<void> {
  const hold = (await holds.all()).find((each) => each.id === id);
  if (hold === undefined) throw new VaultError('not-found', 'There is no such hold.');
  const time = now().toISOString();
  await writer.commitEvent(
    {
      kind: 'administration',
      object: `hold/${id}`,
      actor,
      time,
      text: canonicalize({ id, released: time }),
    },
    () => ({ releasedHolds: [id] }),
  );
}
