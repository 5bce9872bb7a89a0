import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomId } from '../../crypto/index.ts';
import { parsePolicy, toHex, verifierKey, withdrawPolicy } from '../../proof/index.ts';
import { policyHash, policyTexts } from '../policy-texts.ts';
import { freshKey, LEDGER, refusal, TestMembership } from './test-membership.ts';
import { electWitnesses } from './witness-election.ts';

const FOUR = ['aurora', 'lakeside', 'meridian', 'st-mary'];
let membership: TestMembership;
beforeEach(async () => {
  membership = await TestMembership.begun(FOUR);
});
afterEach(() => membership.end());

describe('policies', () => {
  test('every change makes a version whose texts have the hashes on the ledger, and older ones stay', async () => {
    await membership.decide(['st-mary', 'lakeside', 'meridian'], { kind: 'suspend', organisation: 'aurora' });
    for (const version of [1, 2]) {
      const policy = await membership.policy(version);
      const texts = policyTexts(LEDGER, policy);
      expect(policyHash(texts.network)).toBe(policy.networkHash);
      for (const [organisation, text] of Object.entries(texts.logs))
        expect(policyHash(text)).toBe(policy.logs[organisation]);
      expect(texts.network.split('\n')[0]).toBe(`# holdfast policy ${LEDGER} ${version}`);
    }
    expect(Object.keys((await membership.policy(1)).logs)).toEqual(FOUR);
    expect(await membership.query('policy', { version: 3 })).toBeNull();
  });

  test('the texts name each active member’s keys, sorted, with two of three witnesses for four members', async () => {
    const policy = parsePolicy(policyTexts(LEDGER, await membership.policy()).network);
    expect(policy.ledgerKeys.map(({ name }) => name)).toEqual(FOUR.map((org) => `${LEDGER}/ledger/${org}`));
    expect([...policy.witnesses.keys()]).toEqual(FOUR);
    const ofOne = policyTexts(LEDGER, await membership.policy()).logs.aurora ?? '';
    expect(ofOne).toContain('group witnesses 2 lakeside meridian st-mary\nquorum witnesses\n');
    for (const key of policy.witnesses.values()) expect(verifierKey(key).keyId).toBe(key.keyId);
  });

  test('an older version is withdrawn by a majority, the one in force is not', async () => {
    const majority = ['st-mary', 'lakeside', 'meridian'];
    expect(await refusal(membership.decide(majority, { kind: 'withdraw-policy', versions: [1] }))).toBe(
      'rejected/policy-in-force',
    );
    const key = freshKey('witness');
    const replaces = membership.organisation('aurora').key('witness').id;
    await membership.decide(majority, { kind: 'add-key', organisation: 'aurora', key, replaces });
    await membership.decide(majority, { kind: 'withdraw-policy', versions: [1] });
    const withdrawn = await membership.policy(1);
    expect(withdrawn.withdrawn).toBe(true);
    const served = parsePolicy(withdrawPolicy(policyTexts(LEDGER, withdrawn).network));
    expect([served.withdrawn, toHex(served.hash)]).toEqual([true, withdrawn.networkHash]);
    expect((await membership.policy()).withdrawn).toBeUndefined();
    expect(await refusal(membership.decide(majority, { kind: 'withdraw-policy', versions: [9] }))).toBe(
      'rejected/policy-unknown',
    );
  });

  test('from 24 members on fifteen are elected to witness, the same everywhere, and one that leaves displaces one', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `org-${String(i).padStart(2, '0')}`);
    const large = await TestMembership.begun(names);
    const policy = await large.policy();
    expect(policy.elected).toHaveLength(15);
    expect(policy.elected).toEqual(electWitnesses(LEDGER, names.toReversed()));
    const text = policyTexts(LEDGER, policy).network;
    expect(text.match(/^witness /gm)).toHaveLength(15);
    expect(text).toContain('group witnesses 10 ');
    expect(text.match(/^# ledger /gm)).toHaveLength(25);
    const [leaving = ''] = policy.elected ?? [];
    const after =
      electWitnesses(
        LEDGER,
        names.filter((name) => name !== leaving),
      ) ?? [];
    expect(after.filter((name) => !policy.elected?.includes(name))).toHaveLength(1);
    expect(electWitnesses(LEDGER, names.slice(2))).toBeUndefined();
    expect(electWitnesses(randomId(), names)).not.toEqual(policy.elected);
    large.end();
  });
});
