import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ed25519Signer, randomId } from '../crypto/index.ts';
import { count, defineContract, id, transaction } from '../ledger/index.ts';
import { parsePolicy, toBase64 } from '../proof/index.ts';
import {
  freshKey,
  genesisArgs,
  LEDGER,
  publicPart,
  refusal,
  TestMembership,
  TestOrganisation,
} from './membership/test-membership.ts';
import { createOrganisationKey } from './organisation-keys.ts';
import { policyTexts } from './policy-texts.ts';

const FOUR = ['aurora', 'lakeside', 'meridian', 'st-mary'];
let membership: TestMembership;
beforeEach(async () => {
  membership = await TestMembership.begun(FOUR);
});
afterEach(() => membership.end());

describe('genesis', () => {
  let empty: TestMembership;
  beforeEach(() => {
    empty = new TestMembership(FOUR);
  });
  afterEach(() => empty.end());

  const submit = (args: object) => refusal(empty.submit('st-mary', 'genesis', { ...args }));
  const founders = () =>
    structuredClone(genesisArgs(empty.organisations)) as unknown as {
      ledger: string;
      founders: {
        organisation: string;
        signature: string;
        keys: { use: string; key: string; id: string; algorithm: string }[];
        address: { origin: string };
      }[];
    };

  test('a founder who has not signed, or signed something else, stops it', async () => {
    const args = founders();
    const [first, second] = args.founders;
    if (!first || !second) throw new Error('no founders');
    first.signature = second.signature;
    expect(await submit(args)).toBe('rejected/signature');
    expect(await submit({ ...founders(), ledger: randomId() })).toBe('rejected/signature');
    const oneLess = founders();
    oneLess.founders.pop();
    expect(await submit(oneLess)).toBe('rejected/signature');
    const otherKey = founders();
    const key = otherKey.founders[0]?.keys.find(({ use }) => use === 'log');
    if (key) key.key = toBase64(createOrganisationKey('log').publicKey);
    expect(await submit(otherKey)).toBe('rejected/signature');
    expect(await empty.query('ledger', {})).toBeNull();
  });

  test('founders out of order or twice, a key of two holders, a foreign origin or a missing use stop it', async () => {
    const [one, two] = empty.organisations;
    if (!one || !two) throw new Error('no organisations');
    const reversed = founders();
    reversed.founders.reverse();
    expect(await submit(reversed)).toMatch(/^rejected\//);
    expect(await submit(genesisArgs([one, one, ...empty.organisations.slice(1)]))).toMatch(/^rejected\//);
    const own = two.keys;
    two.keys = [...own.filter(({ use }) => use !== 'witness'), { ...one.key('witness'), id: randomId() }];
    expect(await submit(genesisArgs(empty.organisations))).toBe('rejected/key-known');
    two.keys = own.filter(({ use }) => use !== 'ledger');
    expect(await submit(genesisArgs(empty.organisations))).toBe('rejected/key-missing');
    two.keys = own.map((key) => (key.use === 'log' ? { ...key, algorithm: 'x25519' as const } : key));
    expect(await submit(genesisArgs(empty.organisations))).toBe('rejected/algorithm');
    two.keys = own;
    const applicant = two.applicant();
    two.applicant = () => ({ ...applicant, address: one.applicant().address });
    expect(await submit(genesisArgs(empty.organisations))).toBe('rejected/origin');
    two.applicant = () => ({ ...applicant, name: 'Lakeside Clinic' }) as never;
    expect(await submit(genesisArgs(empty.organisations))).toBe('rejected/malformed');
  });

  test('signed by every founder it begins the ledger, once', async () => {
    const args = genesisArgs(empty.organisations);
    await empty.submit('st-mary', 'genesis', args);
    expect(await empty.query('ledger', {})).toEqual({ id: LEDGER });
    expect((await empty.submit('lakeside', 'genesis', args)).duplicate).toBe(true);
    expect(await submit(genesisArgs([empty.organisation('st-mary')], randomId()))).toBe('conflict/sequence');
    expect(
      (await empty.member('aurora')).keys.every(({ from, until }) => from === 0 && until === undefined),
    ).toBe(true);
  });
});

describe('decisions', () => {
  test('a majority of the active members decides, and nothing happens before', async () => {
    const proposal = await membership.propose('st-mary', membership.join('borealis'));
    await membership.submit('lakeside', 'approve', { proposal });
    await expect(membership.member('borealis')).rejects.toThrow();
    expect((await membership.submit('lakeside', 'approve', { proposal })).duplicate).toBe(true);
    expect((await membership.policy()).version).toBe(1);
    await membership.submit('aurora', 'approve', { proposal });
    expect((await membership.member('borealis')).status).toBe('active');
    expect((await membership.policy()).version).toBe(2);
    expect(await refusal(membership.submit('meridian', 'approve', { proposal }))).toBe('conflict/decided');
    await membership.propose('borealis', { kind: 'suspend', organisation: 'aurora' });
  });

  test('a proposal keeps its content, and takes what its kind takes', async () => {
    const proposal = await membership.propose('st-mary', { kind: 'suspend', organisation: 'aurora' });
    const other = { proposal, kind: 'suspend', organisation: 'lakeside' };
    expect(await refusal(membership.submit('st-mary', 'propose', other))).toBe('conflict/sequence');
    expect(await refusal(membership.submit('lakeside', 'approve', { proposal: randomId() }))).toBe(
      'rejected/proposal-unknown',
    );
    for (const change of [
      { kind: 'suspend' },
      { kind: 'close', organisation: 'aurora' },
      { kind: 'suspend', organisation: 'aurora', key: freshKey('log') },
      { kind: 'dissolve' },
    ]) {
      expect(await refusal(membership.propose('st-mary', change))).toBe('rejected/malformed');
    }
    const node = membership
      .ledger('st-mary', 'node')
      .submit({ contract: 'membership', name: 'approve', args: { proposal } });
    expect(await refusal(node)).toBe('rejected/role');
  });

  test('an applicant signs for this very ledger, with what it brings', async () => {
    const elsewhere = membership.join('borealis', randomId());
    expect(await refusal(membership.decide(['st-mary', 'lakeside', 'aurora'], elsewhere))).toBe(
      'rejected/signature',
    );
    const again = new TestMembership(['st-mary']);
    const taken = { ...again.join('st-mary') };
    expect(await refusal(membership.decide(['st-mary', 'lakeside', 'aurora'], taken))).toBe(
      'rejected/member-exists',
    );
    again.end();
  });

  test('who is suspended neither decides nor counts, and comes back by a majority of the others', async () => {
    const stale = await membership.propose('aurora', { kind: 'suspend', organisation: 'st-mary' });
    await membership.decide(['st-mary', 'lakeside', 'meridian'], { kind: 'suspend', organisation: 'aurora' });
    expect(await refusal(membership.propose('aurora', { kind: 'reinstate', organisation: 'aurora' }))).toBe(
      'rejected/suspended',
    );
    // Of three active members two are a majority: the suspended proposer's approval is worth nothing.
    await membership.submit('lakeside', 'approve', { proposal: stale });
    expect((await membership.member('st-mary')).status).toBe('active');
    expect((await membership.policy()).members.map(({ organisation }) => organisation)).toEqual([
      'lakeside',
      'meridian',
      'st-mary',
    ]);
    await membership.decide(['st-mary', 'lakeside'], { kind: 'reinstate', organisation: 'aurora' });
    expect((await membership.member('aurora')).status).toBe('active');
    expect(
      await refusal(
        membership.decide(['st-mary', 'lakeside', 'aurora'], { kind: 'reinstate', organisation: 'aurora' }),
      ),
    ).toBe('rejected/status');
  });

  test('alone, an organisation decides alone', async () => {
    const alone = await TestMembership.begun(['st-mary']);
    expect(policyTexts(LEDGER, await alone.policy()).network).toContain('quorum none');
    await alone.decide(['st-mary'], alone.join('borealis'));
    expect((await alone.member('borealis')).status).toBe('active');
    alone.end();
  });

  test('open and decided proposals can be read in pages', async () => {
    const open = await membership.propose('st-mary', { kind: 'close' });
    const listed = (await membership.query('proposals', {})) as {
      id: string;
      status: string;
      approvals: string[];
    }[];
    expect(listed).toMatchObject([{ id: open, status: 'open', approvals: ['st-mary'] }]);
    expect(await membership.query('proposals', { after: open })).toEqual([]);
  });
});

describe('keys', () => {
  const majority = ['st-mary', 'lakeside', 'meridian'];

  test('an organisation ends its own key alone and at once, and nobody else’s', async () => {
    const key = membership.organisation('aurora').key('transaction');
    const foreign = membership.submit('st-mary', 'retireKey', { key: key.id });
    expect(await refusal(foreign)).toBe('rejected/key-unknown');
    const { height } = await membership.submit('aurora', 'retireKey', { key: key.id });
    expect(await refusal(membership.submit('aurora', 'heartbeat', { sequence: 1 }))).toBe('rejected/key');
    expect((await membership.member('aurora')).keys.find(({ id }) => id === key.id)).toMatchObject({
      from: 0,
      until: height,
    });
    const next = createOrganisationKey('transaction');
    await membership.decide(majority, { kind: 'add-key', organisation: 'aurora', key: publicPart(next) });
    const ledger = membership.ledger('aurora', 'admin', next);
    await ledger.submit({ contract: 'membership', name: 'heartbeat', args: { sequence: 1 } });
    const again = { contract: 'membership', name: 'retireKey', args: { key: key.id } };
    expect((await ledger.submit(again)).duplicate).toBe(true);
    const replaced = {
      kind: 'add-key',
      organisation: 'aurora',
      key: freshKey('transaction'),
      replaces: key.id,
    };
    expect(await refusal(membership.decide(majority, replaced))).toBe('rejected/key-ended');
    expect(await membership.engine.problems()).toEqual([]);
  });

  test('a replacement ends the old key at the height at which the new one begins, and the policy follows', async () => {
    const old = membership.organisation('aurora').key('witness');
    const key = freshKey('witness');
    await membership.decide(majority, { kind: 'add-key', organisation: 'aurora', key, replaces: old.id });
    const { keys } = await membership.member('aurora');
    expect(keys.find(({ id }) => id === old.id)?.until).toBe(keys.find(({ id }) => id === key.id)?.from);
    const policy = parsePolicy(policyTexts(LEDGER, await membership.policy()).network);
    expect(toBase64(policy.witnesses.get('aurora')?.publicKey ?? new Uint8Array())).toBe(key.key);
    const first = parsePolicy(policyTexts(LEDGER, await membership.policy(1)).network);
    expect(toBase64(first.witnesses.get('aurora')?.publicKey ?? new Uint8Array())).toBe(
      toBase64(old.publicKey),
    );
  });

  test('a key that anybody has or had is no new key, nor is its id', async () => {
    const taken = publicPart(membership.organisation('lakeside').key('witness'));
    for (const key of [taken, { ...taken, id: randomId() }, { ...freshKey('witness'), id: taken.id }]) {
      const change = { kind: 'add-key', organisation: 'aurora', key };
      expect(await refusal(membership.decide(majority, change))).toBe('rejected/key-known');
    }
    const wrongUse = {
      kind: 'add-key',
      organisation: 'aurora',
      key: freshKey('log'),
      replaces: membership.organisation('aurora').key('witness').id,
    };
    expect(await refusal(membership.decide(majority, wrongUse))).toBe('rejected/key-unknown');
  });

  test('an organisation says anew where it is reached, for itself alone, and its log keeps its name', async () => {
    const { address } = await membership.member('aurora');
    const move = (by: string, to: object) =>
      membership.submit(by, 'move', { move: randomId(), address: { ...address, ...to } });
    await move('aurora', { url: 'https://aurora.example' });
    expect((await membership.member('aurora')).address).toEqual({
      ...address,
      url: 'https://aurora.example',
    });
    expect(await refusal(move('lakeside', { url: 'https://evil.example' }))).toBe('rejected/origin');
    const other = { origin: 'aurora.example/orgs/aurora' };
    expect(await refusal(move('aurora', other))).toBe('rejected/origin');
    expect((await membership.policy()).version).toBe(1);
  });

  test('a member without a needed key is left out of the policy until it has one; the last one is kept', async () => {
    await membership.submit('aurora', 'retireKey', {
      key: membership.organisation('aurora').key('ledger').id,
    });
    const policy = await membership.policy();
    expect(policy.members.map(({ organisation }) => organisation)).toEqual([
      'lakeside',
      'meridian',
      'st-mary',
    ]);
    expect(policyTexts(LEDGER, policy).network).toContain('group witnesses 2 lakeside meridian st-mary');
    await membership.submit('aurora', 'retireKey', {
      key: membership.organisation('aurora').key('exchange-sign').id,
    });
    expect((await membership.policy()).version).toBe(2);
    const alone = await TestMembership.begun(['st-mary']);
    const last = alone.submit('st-mary', 'retireKey', { key: alone.organisation('st-mary').key('log').id });
    expect(await refusal(last)).toBe('rejected/last-key');
    alone.end();
  });

  test('a successor closes the log at its final head and has a new origin and key', async () => {
    const key = freshKey('log');
    const head = { size: 12, root: toBase64(new Uint8Array(32)) };
    await membership.decide(majority, { kind: 'succeed-log', organisation: 'aurora', key, head });
    const { logs, keys } = await membership.member('aurora');
    expect(logs).toEqual([
      { origin: 'holdfast.local/orgs/aurora', closed: head },
      { origin: 'holdfast.local/orgs/aurora/2' },
    ]);
    expect(keys.filter(({ use, until }) => use === 'log' && until === undefined).map(({ id }) => id)).toEqual(
      [key.id],
    );
    const policy = parsePolicy(policyTexts(LEDGER, await membership.policy()).network);
    const names = policy.logs.map(({ name }) => name);
    expect(names).toContain('holdfast.local/orgs/aurora/2');
    expect(names).not.toContain('holdfast.local/orgs/aurora');
    expect(policy.witnesses.get('aurora')?.name).toBe('holdfast.local/orgs/aurora/witness');
    const wrong = { kind: 'succeed-log', organisation: 'aurora', key: freshKey('witness'), head };
    expect(await refusal(membership.decide(majority, wrong))).toBe('rejected/malformed');
  });
});

describe('the end and the renewal of a ledger', () => {
  test('it closes when a majority approved and somebody says so, and then for everything', async () => {
    const proposal = await membership.propose('st-mary', { kind: 'close' });
    expect(await refusal(membership.submit('st-mary', 'close', { proposal }))).toBe('rejected/not-approved');
    await membership.submit('lakeside', 'approve', { proposal });
    await membership.submit('aurora', 'approve', { proposal });
    const suspension = await membership.propose('st-mary', { kind: 'suspend', organisation: 'aurora' });
    expect(await refusal(membership.submit('st-mary', 'close', { proposal: suspension }))).toBe(
      'rejected/not-approved',
    );
    const { height } = await membership.submit('meridian', 'close', { proposal });
    expect(await membership.query('ledger', {})).toEqual({ id: LEDGER, closed: height });
    expect(await refusal(membership.submit('st-mary', 'heartbeat', { sequence: 1 }))).toBe(
      'rejected/ledger-closed',
    );
  });

  test('a contract version is in force from the height that a majority chose', async () => {
    const anchors = (version: number, max: number) =>
      defineContract({
        name: 'anchors',
        version,
        transactions: {
          put: transaction({
            args: { id: id(), size: count(max) },
            object: ({ id }) => id,
            apply: () => undefined,
          }),
        },
        queries: {},
      });
    const own = await TestMembership.begun(['st-mary'], [anchors(1, 10), anchors(2, 20)]);
    const put = (size: number) =>
      own.ledger('st-mary').submit({ contract: 'anchors', name: 'put', args: { id: randomId(), size } });
    expect(await refusal(put(11))).toBe('rejected/malformed');
    const { height } = await put(1);
    const activate = (version: number, from: number) =>
      own.decide(['st-mary'], { kind: 'activate-contract', contract: 'anchors', version, from });
    expect(await refusal(activate(2, height))).toBe('rejected/too-late');
    expect(await refusal(activate(1, height + 9))).toBe('rejected/version');
    await activate(2, height + 2);
    await put(11);
    expect(
      await refusal(
        own.propose('st-mary', { kind: 'activate-contract', contract: 'free-text', version: 3, from: 99 }),
      ),
    ).toBe('rejected/malformed');
    own.end();
  });
});

test('an organisation that was never admitted cannot use another’s name', async () => {
  const stranger = new TestOrganisation('aurora');
  const key = stranger.key('transaction');
  const ledger = membership.engine.connect({
    organisation: 'aurora',
    role: 'admin',
    key: ed25519Signer(key.privateKey),
    publicKey: key.publicKey,
  });
  expect(
    await refusal(ledger.submit({ contract: 'membership', name: 'heartbeat', args: { sequence: 1 } })),
  ).toBe('rejected/key');
});
