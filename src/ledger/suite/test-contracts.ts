import {
  type Contract,
  commitment,
  contractKey,
  count,
  defineContract,
  id,
  LEDGER_KEY,
  list,
  type MemberState,
  memberKey,
  object,
  oneOf,
  optional,
  organisation,
  query,
  reject,
  type StateObject,
  transaction,
} from '../kit/index.ts';
import { testKeys } from './test-member.ts';

/** The least that an engine needs to know of members; who may decide what is the real contract's matter. */
const membership = defineContract({
  name: 'membership',
  version: 1,
  transactions: {
    genesis: transaction({
      args: { ledger: id(), founders: list(organisation(), { max: 16 }) },
      mode: 'genesis',
      object: () => 'ledger',
      apply(context, { ledger, founders }) {
        context.put(LEDGER_KEY, { v: 1, id: ledger });
        for (const organisation of founders) {
          const origin = `holdfast.local/orgs/${organisation}`;
          const member: MemberState = {
            v: 1,
            organisation,
            status: 'active',
            address: { url: `http://localhost/orgs/${organisation}`, origin },
            keys: testKeys(organisation),
            logs: [{ origin }],
          };
          context.put(memberKey(organisation), member);
        }
      },
    }),
    suspend: transaction({
      args: { organisation: organisation() },
      object: ({ organisation }) => organisation,
      apply(context, { organisation }) {
        const member = context.get<MemberState>(memberKey(organisation));
        if (member === undefined) reject('not-a-member', 'no such member');
        context.put(memberKey(organisation), { ...member, status: 'suspended' });
      },
    }),
    activate: transaction({
      args: { version: count(), from: count() },
      object: ({ version }) => `activation/${version}`,
      apply: (context, { version, from }) =>
        context.put(contractKey('counter'), { v: 1, versions: [{ version, from }] }),
    }),
    close: transaction({
      args: {},
      object: () => 'ledger',
      sequence: () => 2,
      apply: (context) => context.put(LEDGER_KEY, { v: 1, id: context.ledger, closed: context.height }),
    }),
    heartbeat: transaction({ args: { sequence: count() }, mode: 'stateless', apply: () => undefined }),
  },
  queries: { ledger: query({ args: {}, run: (context) => context.get(LEDGER_KEY) ?? null }) },
});

/** What the counter holds. */
interface CounterState extends StateObject {
  readonly value: number;
  readonly organisation: string;
  readonly time: string;
  readonly height: number;
}

const step = {
  object: ({ id }: { readonly id: string }) => id,
  sequence: ({ sequence }: { readonly sequence: number }) => sequence,
};

function counter(version: number, most: number): Contract {
  return defineContract({
    name: 'counter',
    version,
    transactions: {
      set: transaction({
        args: {
          id: id(),
          sequence: count(),
          value: count(),
          note: optional(commitment()),
          parts: optional(list(object({ of: oneOf('half', 'whole') }), { max: 3 })),
        },
        ...step,
        apply(context, { id, value }) {
          const { organisation, time, height } = context;
          const state: CounterState = { v: version, value, organisation, time, height };
          context.put(`value/${id}`, state);
          if (context.get<CounterState>(`value/${id}`)?.value !== value)
            throw new Error('does not read its own write');
          if (!context.range(`value/${id}`).some((entry) => entry.key === `value/${id}`))
            throw new Error('not in its own range');
          if (value > most) reject('too-high', 'choose a smaller value');
          context.emit('set', { id, value });
        },
      }),
      fraction: transaction({
        args: { id: id(), sequence: count() },
        ...step,
        apply: (context, { id }) => context.put(`value/${id}`, { v: 1, value: 0.5 }),
      }),
      tamper: transaction({
        args: { id: id(), sequence: count() },
        ...step,
        apply(context, { id }) {
          const state = context.get<{ v: number; value: number }>(`value/${id}`);
          if (state) state.value = 1;
        },
      }),
      command: transaction({
        args: { id: id(), sequence: count() },
        roles: ['admin'],
        ...step,
        apply: (context) => {
          if (context.read('membership', memberKey(context.organisation)) === undefined)
            reject('gone', 'no member');
        },
      }),
    },
    queries: {
      get: query({ args: { id: id() }, run: (context, { id }) => context.get(`value/${id}`) ?? null }),
      range: query({
        args: { after: optional(id()), limit: optional(count()) },
        run: (context, { after, limit }) =>
          context
            .range('value/', {
              ...(after === undefined ? {} : { after: `value/${after}` }),
              ...(limit === undefined ? {} : { limit }),
            })
            .map(({ key }) => key),
      }),
    },
  });
}

/** The contracts that the suite runs: a membership, and a counter in two versions that differ in what they allow. */
export const testContracts: readonly Contract[] = [membership, counter(1, 1_000), counter(2, 2_000)];
