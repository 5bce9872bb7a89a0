import { describe, expect, test } from 'vitest';
import { canonicalize, toBase64 } from '../../../proof/index.ts';
import { type Continuation, continuationMessage, continuationOf } from '../../continuation/continuation.ts';
import { stateHash } from '../../continuation/state-tree.ts';
import type { MemberState } from '../../kit/index.ts';
import type { Write } from '../../ledger.ts';
import { Endorser, NOW } from '../../suite/endorser.ts';
import { FOUNDERS, genesis, set, TEST_LEDGER, testSigner } from '../../suite/index.ts';
import { carryText, continueText } from '../carry-request.ts';
import type { OwnChannel } from './carry.ts';

const channel = { genesis: 'c'.repeat(64), continues: { height: 41, block: 'b'.repeat(64) } };
/** A channel that was made for one state to go on in. */
const channelFor = (state: readonly Write[]) => ({
  ...channel,
  continues: { ...channel.continues, ...stateHash(state) },
});

/** The state of a ledger that ran elsewhere, as its engine stores it. */
async function closedState(): Promise<Write[]> {
  const old = new Endorser();
  await old.submit(genesis());
  for (let value = 1; value <= 7; value++) await old.submit(set({ value }), 'aurora', 'client');
  return old.writes().filter(({ key }) => key !== 'ledger');
}

const carryPart = (endorser: Endorser, from: number, values: readonly Write[], change: object = {}) =>
  endorser.invoke(['carry', carryText({ from, values, time: NOW, ...change })]);

async function carried(state: readonly Write[], own: OwnChannel = channelFor(state)): Promise<Endorser> {
  const endorser = new Endorser(own);
  endorser.blocks = 50;
  for (let from = 0; from < state.length; from += 4)
    expect((await carryPart(endorser, from, state.slice(from, from + 4))).answer).toEqual({
      kind: 'applied',
    });
  return endorser;
}

const statementOf = (state: readonly Write[], change: Partial<Continuation> = {}): Continuation => ({
  ...continuationOf({
    ledger: TEST_LEDGER,
    ...channel.continues,
    channel: channel.genesis,
    ...stateHash(state),
  }),
  ...change,
});

function signedBy(organisations: readonly string[], statement: Continuation) {
  const message = continuationMessage(statement);
  const signatures = organisations.map((organisation) => ({
    organisation,
    signature: toBase64(testSigner(organisation, 'transaction')(message)),
  }));
  return { statement, signatures };
}

const begin = (endorser: Endorser, continuation: ReturnType<typeof signedBy>, mspId = 'aurora') =>
  endorser.invoke(['continue', continueText({ continuation, time: NOW })], mspId);

describe('a ledger goes on in a channel', () => {
  test('with the state that it had, the id that it had, and heights that follow', async () => {
    const state = await closedState();
    const endorser = await carried(state);
    const about = async () => (await endorser.invoke(['about'])).answer;
    expect(await about()).toEqual({ version: '1.0.0+abc', carried: state.length });
    const continuation = signedBy(FOUNDERS.slice(0, 3), statementOf(state));
    expect((await begin(endorser, continuation)).answer).toEqual({ kind: 'applied' });
    expect(await about()).toMatchObject({ ledger: TEST_LEDGER, continuation });
    expect(stateHash(endorser.writes())).toEqual(stateHash(state));
    expect((await endorser.submit(set(), 'lakeside', 'client')).answer).toEqual({ kind: 'applied' });
  });

  test('what was committed before is a duplicate, and no step is made twice', async () => {
    const old = new Endorser();
    await old.submit(genesis());
    const said = set();
    await old.submit(said, 'aurora', 'client');
    const state = old.writes().filter(({ key }) => key !== 'ledger');
    const endorser = await carried(state);
    await begin(endorser, signedBy(FOUNDERS, statementOf(state)));
    expect((await endorser.submit(said, 'aurora', 'client')).answer).toMatchObject({ kind: 'duplicate' });
  });

  test('its state is read page by page', async () => {
    const state = await closedState();
    const endorser = await carried(state);
    const page = async (after: string) =>
      (await endorser.invoke(['state', canonicalize({ after })])).answer as { values: string[][] };
    const first = await page('');
    expect(first.values.length).toBe(state.length + 1);
    const [contract, key] = first.values[2] ?? [];
    expect((await page(`${contract}/${key}`)).values).toEqual(first.values.slice(3));
    expect((await page('zzz/z')).values).toEqual([]);
  });
});

describe('refused is', () => {
  test('a state in which one value was changed, left out or added after the members signed', async () => {
    const state = await closedState();
    const signed = signedBy(FOUNDERS, statementOf(state));
    const at = state.findIndex(({ contract }) => contract === 'counter');
    const changed = state.map((write, i) =>
      i === at ? { ...write, value: write.value.replace('"v":1', '"v":2') } : write,
    );
    for (const wrong of [changed, state.toSpliced(at, 1), state.slice(0, -1)]) {
      const endorser = await carried(wrong, channelFor(state));
      const { refusal, writes } = await begin(endorser, signed);
      expect([refusal, writes]).toEqual(['rejected/state-differs', []]);
      expect((await endorser.submit(set(), 'aurora', 'client')).refusal).toBe('rejected/continues');
    }
  });

  test('a state whose own members vouch for it, when it is not the one that the channel continues', async () => {
    const state = await closedState();
    const alone = state.filter(
      ({ contract, key }) =>
        contract !== 'membership' || !key.startsWith('member/') || key === 'member/aurora',
    );
    expect(alone.length).toBe(state.length - FOUNDERS.length + 1);
    for (const own of [channelFor(state), channel]) {
      const { refusal, writes } = await begin(
        await carried(alone, own),
        signedBy(['aurora'], statementOf(alone)),
      );
      expect([refusal, writes]).toEqual(['rejected/state-differs', []]);
    }
  });

  test('a statement that no majority signed, by whatever means it looks like one', async () => {
    const state = await closedState();
    const endorser = await carried(state);
    const statement = statementOf(state);
    const two = signedBy(['aurora', 'lakeside'], statement);
    const [one, other] = two.signatures;
    if (one === undefined || other === undefined) throw new Error('two signed');
    const forged = { organisation: 'meridian', signature: other.signature };
    const ofAnother = signedBy(FOUNDERS, statementOf(state, { ledger: 'f'.repeat(32) }));
    for (const signatures of [
      two.signatures,
      [one, one, one],
      [...two.signatures, forged],
      ofAnother.signatures,
    ])
      expect((await begin(endorser, { statement, signatures: [...signatures] })).refusal).toBe(
        'rejected/not-signed',
      );
    expect((await begin(endorser, signedBy(FOUNDERS, statement), 'stranger')).refusal).toBe(
      'rejected/not-a-member',
    );
  });

  test('a statement about another channel or closing block', async () => {
    const state = await closedState();
    const endorser = await carried(state);
    for (const change of [{ channel: 'd'.repeat(64) }, { height: 40 }, { block: 'a'.repeat(64) }])
      expect((await begin(endorser, signedBy(FOUNDERS, statementOf(state, change)))).refusal).toBe(
        'rejected/other-channel',
      );
  });

  test('a part out of turn, by no administrator, after the beginning, or on a channel that continues nothing', async () => {
    const state = await closedState();
    const endorser = await carried(state.slice(0, 4), channelFor(state));
    expect((await carryPart(endorser, 0, state.slice(0, 4))).refusal).toBe('conflict/carried');
    expect((await carryPart(endorser, 4, state.slice(3, 5))).refusal).toBe('rejected/order');
    const late = { time: '2026-03-04T06:06:07.008Z' };
    expect((await carryPart(endorser, 4, state.slice(4), late)).refusal).toBe('rejected/time-ahead');
    const text = carryText({ from: 4, values: state.slice(4), time: NOW });
    expect((await endorser.invoke(['carry', text], 'aurora', 'client')).refusal).toBe('rejected/role');
    await carryPart(endorser, 4, state.slice(4));
    await begin(endorser, signedBy(FOUNDERS, statementOf(state)));
    const more = [{ contract: 'zoo', key: 'z', value: '{"v":1}' }];
    expect((await carryPart(endorser, state.length, more)).refusal).toBe('conflict/begun');
    expect((await begin(endorser, signedBy(FOUNDERS, statementOf(state)))).refusal).toBe('conflict/begun');
    expect((await carryPart(new Endorser(), 0, state.slice(0, 4))).refusal).toBe('rejected/begins-here');
  });

  test('a new ledger in place of the one that is to go on', async () => {
    const endorser = new Endorser(channel);
    endorser.blocks = 42;
    expect((await endorser.submit(genesis())).refusal).toBe('rejected/continues');
  });

  test('a value that no contract could have written, and a place where none could', async () => {
    const endorser = new Endorser(channel);
    const entry = (contract: unknown, key: unknown, value: unknown) =>
      canonicalize({ from: 0, time: NOW, values: [[contract, key, value]] } as never);
    for (const text of [
      entry('counter', 'a', { v: 0 }),
      entry('counter', 'a', []),
      entry('counter', 'a b', { v: 1 }),
      entry('Counter', 'a', { v: 1 }),
      entry('counter', '', { v: 1 }),
      entry(1, 'a', { v: 1 }),
      canonicalize({ from: -1, time: NOW, values: [['counter', 'a', { v: 1 }]] }),
      canonicalize({ from: 0, time: NOW, values: [] }),
    ])
      expect((await endorser.invoke(['carry', text])).refusal, text).toBe('rejected/malformed');
    const own = entry('membership', 'ledger', { v: 1, id: TEST_LEDGER });
    expect((await endorser.invoke(['carry', own])).refusal).toBe('rejected/order');
    expect(endorser.reports).toEqual([]);
  });

  test('a member who is suspended, as signer', async () => {
    const state = await closedState();
    const suspended = state.map((write) => {
      if (write.key !== 'member/meridian') return write;
      const member = JSON.parse(write.value) as MemberState;
      return { ...write, value: canonicalize({ ...member, status: 'suspended' } as never) };
    });
    const endorser = await carried(suspended);
    const statement = statementOf(suspended);
    expect((await begin(endorser, signedBy(['aurora', 'meridian'], statement))).refusal).toBe(
      'rejected/not-signed',
    );
    expect((await begin(endorser, signedBy(['aurora', 'lakeside'], statement))).answer).toBeDefined();
  });
});
