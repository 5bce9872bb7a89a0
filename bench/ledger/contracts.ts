import { commitment, defineContract, id, transaction } from '../../src/ledger/index.ts';
import { anchorsContract } from '../../src/log/index.ts';
import { membershipOf } from '../../src/log/suite/ledger.ts';
import { TestNetwork } from '../../src/log/suite/network.ts';

/** One fact, said on the ledger itself: the least that such a transaction can be. */
const facts = defineContract({
  name: 'facts',
  version: 1,
  transactions: {
    record: transaction({
      args: { id: id(), entry: commitment() },
      object: ({ id: fact }) => fact,
      apply: (context, { id: fact, entry }) => context.put(`fact/${fact}`, { v: 1, entry }),
    }),
  },
  queries: {},
});

/** What the benchmark's network runs: anchors as the product has them, members with test keys, and facts one by one. */
export const benchContracts = [membershipOf(new TestNetwork()), anchorsContract, facts];
