import type { Block } from '../ledger/index.ts';
import { fromBase64, type TrustPolicy } from '../proof/index.ts';
import { anchorNote } from './anchor-note.ts';
import type { AnchoredHead } from './anchor-register.ts';
import type { Anchor } from './contract.ts';

/**
 * The heads that a block anchors, in order. `policyOf` gives the network's policy of a version; an anchor whose policy it does
 * not know is left out, since its signers cannot be named.
 */
export function anchoredHeads(
  block: Pick<Block, 'transactions'>,
  policyOf: (version: number) => TrustPolicy | undefined,
): AnchoredHead[] {
  return block.transactions.flatMap(({ valid, contract, name, writes }) => {
    if (!valid || contract !== 'anchors' || name !== 'append') return [];
    const write = writes.find(({ key }) => key.startsWith('head/'));
    if (write === undefined) return [];
    const anchor = JSON.parse(write.value) as Anchor;
    const policy = policyOf(anchor.policy);
    if (policy === undefined) return [];
    const { origin, size } = anchor;
    return [{ origin, size, root: fromBase64(anchor.root), note: anchorNote(anchor, policy) }];
  });
}
