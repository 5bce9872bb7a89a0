import type { Mutation } from '../mutation.ts';

/** Who decides on the shared ledger, and what may stand there. */
export const ledgerMutations: readonly Mutation[] = [
  {
    safeguard: 'a change of membership needs more than half of the members',
    clauses: ['45 CFR 164.308(b)(1)'],
    file: 'src/identity/membership/proposal.ts',
    find: 'if (inFavour * 2 <= active.length) {',
    replace: 'if (inFavour === 0) {',
    turnsRed:
      'src/identity/contract.test.ts › a majority of the active members decides, and nothing happens before',
  },
  {
    safeguard: 'who is suspended does nothing on the ledger',
    clauses: ['45 CFR 164.308(a)(3)(ii)(C)'],
    file: 'src/ledger/kit/execute.ts',
    find: "if (member.status !== 'active') reject('suspended',",
    replace: "if (member.status === undefined) reject('suspended',",
    turnsRed:
      'src/ledger/suite/describe-refusals.ts › who is suspended is refused by every contract, also what it did before',
    run: 'src/ledger/embedded/suite.test.ts',
  },
  {
    safeguard: 'a channel by whose policies one organisation would endorse alone is found',
    clauses: ['45 CFR 164.312(c)(1)'],
    file: 'src/ledger/fabric/network/drift/policy-drift.ts',
    find: '...differingPolicies(configuration).map(',
    replace: '...differingPolicies(configuration).slice(0, 0).map(',
    turnsRed:
      'src/ledger/fabric/network/drift/drift.test.ts › by which %s are found, and are as agreed once they are mended',
  },
  {
    safeguard: 'a contract has no field for free text',
    clauses: ['45 CFR 164.502(a)'],
    file: 'src/ledger/kit/contract.ts',
    find: 'MEMBER_NAME.test(name) && isField(args),',
    replace: 'MEMBER_NAME.test(name) && args !== undefined,',
    turnsRed: 'src/ledger/kit/kit.test.ts › a field that looks like the kit’s is not one',
  },
];
