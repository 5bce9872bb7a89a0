import {
  address,
  count,
  defineContract,
  id,
  LEDGER_KEY,
  type LedgerState,
  list,
  type MemberState,
  memberKey,
  optional,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  policyKey,
  query,
  reject,
  transaction,
} from '../ledger/kit/index.ts';
import { changeFields, MAX_MEMBERS } from './membership/change.ts';
import { admit, application, genesisMessage } from './membership/member-application.ts';
import { endKey, memberOf } from './membership/member-keys.ts';
import { renewPolicy } from './membership/policy-version.ts';
import { approve, type ProposalState, proposalKey, propose } from './membership/proposal.ts';

/** Proposals given at a time. */
const PROPOSALS_PER_PAGE = 200;

const genesis = transaction({
  args: { ledger: id(), founders: list(application, { min: 1, max: MAX_MEMBERS }) },
  roles: ['admin'],
  mode: 'genesis',
  object: () => 'ledger',
  apply(context, { ledger, founders }) {
    const message = genesisMessage(ledger, founders);
    for (const [index, founder] of founders.entries()) {
      const before = founders[index - 1];
      if (before !== undefined && before.organisation >= founder.organisation) {
        reject('malformed', 'founders are listed by id, each once');
      }
      admit(context, founder, message);
    }
    context.put(LEDGER_KEY, { v: 1, id: ledger });
    renewPolicy(context, ledger);
  },
});

const proposeChange = transaction({
  args: { proposal: id(), ...changeFields },
  roles: ['admin'],
  object: ({ proposal }) => `proposal/${proposal}`,
  apply: (context, { proposal, ...change }) => propose(context, proposal, change),
});

const approveChange = transaction({
  args: { proposal: id() },
  roles: ['admin'],
  object: ({ proposal }, organisation) => `approval/${proposal}/${organisation}`,
  apply: (context, { proposal }) => approve(context, proposal),
});

/** An organisation ends a key of its own, alone and at once: whoever stole it must not gain a vote's time. */
const retireKey = transaction({
  args: { key: id() },
  roles: ['admin'],
  object: ({ key }, organisation) => `retirement/${organisation}/${key}`,
  apply(context, { key }) {
    endKey(context, context.organisation, key);
    renewPolicy(context, context.ledger);
  },
});

/** An organisation says anew where it is reached, alone and at once. Its log keeps the name that it has. */
const move = transaction({
  args: { move: id(), address: address() },
  roles: ['admin'],
  object: ({ move: each }, organisation) => `move/${organisation}/${each}`,
  apply(context, { address: next }) {
    const { organisation } = context;
    const member = memberOf(context, organisation);
    if (next.origin !== member.address.origin)
      reject('origin', 'a log keeps its origin; only the address changes');
    context.put(memberKey(organisation), { ...member, address: next });
    context.emit('moved', { organisation });
  },
});

/** Shows its submitter how far it sees. It changes nothing. */
const heartbeat = transaction({ args: { sequence: count() }, mode: 'stateless', apply: () => undefined });

/** The last transaction of a ledger, once a majority has approved the closing. */
const close = transaction({
  args: { proposal: id() },
  roles: ['admin'],
  object: () => 'ledger',
  sequence: () => 2,
  apply(context, { proposal }) {
    const decided = context.get<ProposalState>(proposalKey(proposal));
    if (decided?.change.kind !== 'close' || decided.status !== 'approved') {
      reject('not-approved', 'a majority must approve the closing first');
    }
    const { ledger, height } = context;
    const state: LedgerState = { v: 1, id: ledger, closed: height };
    context.put(LEDGER_KEY, state);
    context.put(proposalKey(proposal), { ...decided, status: 'done' });
    context.emit('closed', { height });
  },
});

const members = query({
  args: {},
  run: (context) =>
    context.range<MemberState>('member/').map(({ value: { organisation, address, status, keys, logs } }) => ({
      id: organisation,
      address,
      status,
      keys,
      logs,
    })),
});

const policy = query({
  args: { version: optional(count()) },
  run(context, { version }) {
    const wanted = version ?? context.get<PolicyHeadState>(POLICY_HEAD_KEY)?.version;
    return (wanted === undefined ? undefined : context.get(policyKey(wanted))) ?? null;
  },
});

const ledger = query({
  args: {},
  run(context) {
    const state = context.get<LedgerState>(LEDGER_KEY);
    return state === undefined
      ? null
      : { id: state.id, ...(state.closed === undefined ? {} : { closed: state.closed }) };
  },
});

const proposals = query({
  args: { after: optional(id()) },
  run: (context, { after }) =>
    context
      .range<ProposalState>('proposal/', {
        limit: PROPOSALS_PER_PAGE,
        ...(after === undefined ? {} : { after: proposalKey(after) }),
      })
      .map(({ value }) => value),
});

/**
 * `membership`: who is a member, with which keys in which period, and every version of the trust policies. Queries:
 * `members` → list; `policy` (newest, or of a version) → `PolicyState` or null; `ledger` → `{ id, closed? }` or null;
 * `proposals` → at most 200, by id.
 */
export const membershipContract = defineContract({
  name: 'membership',
  version: 1,
  transactions: {
    genesis,
    propose: proposeChange,
    approve: approveChange,
    retireKey,
    move,
    heartbeat,
    close,
  },
  queries: { members, policy, ledger, proposals },
});
