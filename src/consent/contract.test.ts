import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateEd25519, randomBytes, randomId } from '../crypto/index.ts';
import { toBase64 } from '../proof/index.ts';
import { VETO_SECONDS } from './index.ts';
import { ConsentNetwork, refusal, signStep } from './suite/consent-network.ts';

const statementOf = () => toBase64(randomBytes(32));

describe('the consent contract', () => {
  let network: ConsentNetwork;
  beforeAll(async () => {
    network = await ConsentNetwork.begun();
  });
  afterAll(() => network.end());

  /** A patient's key for one consent with the custodian st-mary, and what it signs. */
  function patient(id = randomId(), custodian = 'st-mary') {
    const { privateKey, publicKey } = generateEd25519();
    const subjectKey = toBase64(publicKey);
    const base = { custodian, id, ledger: network.id };
    const grant = (sequence: number, statement: string, recordedBy: string | undefined = 'patient') => ({
      id,
      ...(sequence === 1 ? { subjectKey, recordedBy } : {}),
      statement,
      sequence,
      signature: signStep(privateKey, { ...base, action: 'grant', sequence, statement }),
    });
    const revoke = (sequence: number) => ({
      id,
      sequence,
      signature: signStep(privateKey, { ...base, action: 'revoke', sequence }),
    });
    const key = (action: 'rebind' | 'veto', sequence: number, newKey: string) => ({
      id,
      sequence,
      newKey,
      signature: signStep(privateKey, { ...base, action, sequence, newKey }),
    });
    return { id, subjectKey, grant, revoke, key };
  }

  async function granted() {
    const someone = patient();
    await network.submit('st-mary', 'grant', someone.grant(1, statementOf()));
    return someone;
  }

  const stateOf = async (id: string) => (await network.consent(id))?.state;

  test('refuses a grant that the key did not sign', async () => {
    const [mine, other] = [patient(), patient()];
    const grant = mine.grant(1, statementOf());
    const refused = (change: object) => refusal(network.submit('st-mary', 'grant', { ...grant, ...change }));
    expect(await refused({ signature: other.grant(1, grant.statement).signature })).toBe(
      'rejected/signature',
    );
    expect(await refused({ subjectKey: other.subjectKey })).toBe('rejected/signature');
    expect(await refused({ statement: statementOf() })).toBe('rejected/signature');
    expect(await refused({ signature: undefined })).toBe('rejected/signature');
    expect(await refused({ recordedBy: 'custodian' })).toBe('rejected/malformed');
    expect(await refusal(network.submit('lakeside', 'grant', grant))).toBe('rejected/signature');
    expect(await stateOf(mine.id)).toBeUndefined();
  });

  test('takes nothing but ids, keys, commitments and signatures', async () => {
    const grant = patient().grant(1, statementOf());
    for (const change of [
      { note: 'Jane Doe' },
      { id: 'jane-doe' },
      { statement: 'blood sugar' },
      { recordedBy: 'dr-weber' },
    ]) {
      expect(await refusal(network.submit('st-mary', 'grant', { ...grant, ...change }))).toMatch(/^rejected/);
    }
  });

  test('says the same again without effect, also after the consent has moved on, and refuses other content', async () => {
    const someone = patient();
    const first = someone.grant(1, statementOf());
    const committed = await network.submit('st-mary', 'grant', first);
    const second = someone.grant(2, statementOf());
    await network.submit('st-mary', 'replace', second);
    const again = await network.submit('st-mary', 'grant', first);
    expect(again).toMatchObject({ transaction: committed.transaction, duplicate: true });
    expect(await stateOf(someone.id)).toMatchObject({ sequence: 2, statement: second.statement });
    expect(await refusal(network.submit('st-mary', 'replace', someone.grant(2, statementOf())))).toBe(
      'conflict/sequence',
    );
    expect(await refusal(network.submit('st-mary', 'replace', someone.grant(4, statementOf())))).toBe(
      'conflict/sequence',
    );
    expect(await refusal(network.submit('lakeside', 'revoke', someone.revoke(2)))).toBe('conflict/sequence');
    expect(await refusal(network.submit('lakeside', 'revoke', someone.revoke(4)))).toBe('conflict/sequence');
  });

  test('takes a replacement only through the custodian', async () => {
    const someone = await granted();
    expect(await refusal(network.submit('lakeside', 'replace', someone.grant(2, statementOf())))).toBe(
      'rejected/not-custodian',
    );
  });

  test('takes a signed revocation through any member, and nothing after it', async () => {
    const someone = await granted();
    await network.submit('aurora', 'revoke', someone.revoke(2));
    expect(await stateOf(someone.id)).toMatchObject({
      status: 'revoked',
      sequence: 2,
      recordedBy: 'patient',
    });
    expect(await network.submit('meridian', 'revoke', someone.revoke(2))).toMatchObject({ duplicate: true });
    const newKey = patient().subjectKey;
    const later: [string, object][] = [
      ['grant', someone.grant(1, statementOf())],
      ['replace', someone.grant(3, statementOf())],
      ['revoke', someone.revoke(3)],
      ['revoke', { id: someone.id, sequence: 3, reason: 'court-order' }],
      ['rebind', someone.key('rebind', 3, newKey)],
      ['proposeRebind', { id: someone.id, sequence: 3, newKey }],
    ];
    for (const [name, args] of later) {
      expect(await refusal(network.submit('st-mary', name, args as never))).toMatch(
        /^(rejected\/revoked|conflict\/sequence)$/,
      );
    }
    expect(await stateOf(someone.id)).toMatchObject({ status: 'revoked', sequence: 2 });
  });

  test('takes a revocation without signature from the custodian alone, with a reason of the four', async () => {
    const someone = await granted();
    const revoke = { id: someone.id, sequence: 2, reason: 'written-request' };
    expect(await refusal(network.submit('lakeside', 'revoke', revoke))).toBe('rejected/not-custodian');
    expect(await refusal(network.submit('st-mary', 'revoke', { ...revoke, reason: 'convenience' }))).toMatch(
      /^rejected/,
    );
    expect(await refusal(network.submit('st-mary', 'revoke', { ...revoke, reason: undefined }))).toBe(
      'rejected/malformed',
    );
    expect(await refusal(network.submit('st-mary', 'revoke', { ...revoke, ...someone.revoke(2) }))).toBe(
      'rejected/malformed',
    );
    expect(await refusal(network.submit('lakeside', 'revoke', patient(someone.id).revoke(2)))).toBe(
      'rejected/signature',
    );
    await network.submit('st-mary', 'revoke', revoke);
    expect(await stateOf(someone.id)).toMatchObject({
      status: 'revoked',
      reason: 'written-request',
      recordedBy: 'custodian',
    });
  });

  test("keeps a custodian's own record apart: no key, no signature, never a patient's", async () => {
    const id = randomId();
    const record = { id, statement: statementOf(), sequence: 1, recordedBy: 'custodian' };
    expect(
      await refusal(
        network.submit('st-mary', 'grant', {
          ...record,
          signature: patient(id).grant(1, record.statement).signature,
        }),
      ),
    ).toBe('rejected/malformed');
    await network.submit('st-mary', 'grant', record);
    expect(await stateOf(id)).toMatchObject({ recordedBy: 'custodian', status: 'active' });
    expect(await refusal(network.submit('lakeside', 'revoke', patient(id).revoke(2)))).toBe(
      'rejected/signature',
    );
    expect(
      await refusal(
        network.submit('st-mary', 'proposeRebind', { id, sequence: 2, newKey: patient().subjectKey }),
      ),
    ).toBe('rejected/no-key');
    await network.submit('st-mary', 'replace', { id, statement: statementOf(), sequence: 2 });
    const byPatient = await granted();
    expect(
      await refusal(
        network.submit('st-mary', 'replace', { id: byPatient.id, statement: statementOf(), sequence: 2 }),
      ),
    ).toBe('rejected/signature');
  });

  test('a custodian-held key signs as any other, and the state says who holds it', async () => {
    const someone = patient();
    await network.submit('st-mary', 'grant', someone.grant(1, statementOf(), 'custodian-held-key'));
    expect(await stateOf(someone.id)).toMatchObject({ recordedBy: 'custodian-held-key' });
    const own = patient(someone.id);
    await network.submit('meridian', 'rebind', someone.key('rebind', 2, own.subjectKey));
    expect(await stateOf(someone.id)).toMatchObject({ recordedBy: 'patient', subjectKey: own.subjectKey });
  });

  test('the old key names its successor at once and is then none any more', async () => {
    const someone = await granted();
    const next = patient(someone.id);
    expect(await refusal(network.submit('aurora', 'rebind', next.key('rebind', 2, next.subjectKey)))).toBe(
      'rejected/signature',
    );
    expect(await refusal(network.submit('aurora', 'rebind', someone.key('veto', 2, next.subjectKey)))).toBe(
      'rejected/signature',
    );
    await network.submit('aurora', 'rebind', someone.key('rebind', 2, next.subjectKey));
    expect(await refusal(network.submit('aurora', 'revoke', someone.revoke(3)))).toBe('rejected/signature');
    await network.submit('aurora', 'revoke', next.revoke(3));
  });

  test('lists the consents of a custodian in the order of their ids', async () => {
    const custodian = 'meridian';
    const ids = await Promise.all(
      [1, 2, 3].map(async () => {
        const someone = patient(randomId(), custodian);
        await network.submit(custodian, 'grant', someone.grant(1, statementOf()));
        return someone.id;
      }),
    );
    const list = (args: object) =>
      network.ledger('aurora').query('consent', 'byCustodian', { custodian, ...args });
    const sorted = ids.toSorted();
    expect(((await list({})) as { id: string }[]).map(({ id }) => id)).toEqual(sorted);
    expect(((await list({ after: sorted[0], limit: 1 })) as { id: string }[]).map(({ id }) => id)).toEqual([
      sorted[1],
    ]);
    expect(await network.consent(randomId())).toBeNull();
  });

  describe('a custodian binding a new key for a lost one', () => {
    const start = 1_900_000_000;

    test('cannot without an anchor, for time is what witnesses signed', async () => {
      const someone = patient(randomId(), 'aurora');
      await network.submit('aurora', 'grant', someone.grant(1, statementOf()));
      const propose = { id: someone.id, sequence: 2, newKey: patient().subjectKey };
      expect(await refusal(network.submit('aurora', 'proposeRebind', propose))).toBe('rejected/no-anchor');
      expect(await refusal(network.submit('lakeside', 'proposeRebind', propose))).toBe(
        'rejected/not-custodian',
      );
    });

    test('waits 72 hours between anchors, whatever time it claims', async () => {
      await network.anchor('st-mary', start);
      const someone = await granted();
      const next = patient(someone.id);
      const step = { id: someone.id, sequence: 2, newKey: next.subjectKey };
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('rejected/no-proposal');
      await network.submit('st-mary', 'proposeRebind', step);
      const soon = new Date(Date.now() + 4 * 60_000).toISOString();
      expect(await refusal(network.submit('st-mary', 'completeRebind', step, soon))).toBe(
        'rejected/too-early',
      );
      await network.anchor('st-mary', start + VETO_SECONDS - 1);
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('rejected/too-early');
      await network.anchor('st-mary', start + VETO_SECONDS);
      expect(await refusal(network.submit('lakeside', 'completeRebind', step))).toBe(
        'rejected/not-custodian',
      );
      expect(
        await refusal(network.submit('st-mary', 'completeRebind', { ...step, newKey: patient().subjectKey })),
      ).toBe('rejected/no-proposal');
      await network.submit('st-mary', 'completeRebind', step);
      expect(await stateOf(someone.id)).toMatchObject({ subjectKey: next.subjectKey, sequence: 2 });
    });

    test('gains nothing by a witness in league that signs a time to come', async () => {
      const begin = start + 5 * VETO_SECONDS;
      await network.anchor('st-mary', begin);
      const someone = await granted();
      const step = { id: someone.id, sequence: 2, newKey: patient().subjectKey };
      await network.submit('st-mary', 'proposeRebind', step);
      // Just the quorum: the honest one, and the one in league.
      await network.anchor('st-mary', begin, { aurora: begin + 60, lakeside: begin + 2 * VETO_SECONDS });
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('rejected/too-early');
      await network.anchor('st-mary', begin + VETO_SECONDS);
      await network.submit('st-mary', 'completeRebind', step);
    });

    test('gains nothing by holding back its anchors before it proposes', async () => {
      const later = start + 10 * VETO_SECONDS;
      await network.anchor('lakeside', later);
      const someone = await granted();
      const step = { id: someone.id, sequence: 2, newKey: patient().subjectKey };
      await network.submit('st-mary', 'proposeRebind', step);
      await network.anchor('st-mary', later + 60);
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('rejected/too-early');
      await network.anchor('st-mary', later + VETO_SECONDS);
      await network.submit('st-mary', 'completeRebind', step);
    });

    test('is stopped for good by a veto of the old key through any member', async () => {
      const someone = await granted();
      const next = patient(someone.id);
      const step = { id: someone.id, sequence: 2, newKey: next.subjectKey };
      const veto = someone.key('veto', 2, next.subjectKey);
      expect(await refusal(network.submit('lakeside', 'veto', veto))).toBe('rejected/no-proposal');
      await network.submit('st-mary', 'proposeRebind', step);
      expect(await refusal(network.submit('lakeside', 'veto', next.key('veto', 2, next.subjectKey)))).toBe(
        'rejected/signature',
      );
      await network.submit('lakeside', 'veto', veto);
      await network.anchor('st-mary', start + 30 * VETO_SECONDS);
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('rejected/vetoed');
      const later = someone.grant(2, statementOf());
      await network.submit('st-mary', 'replace', later);
      expect(await refusal(network.submit('st-mary', 'proposeRebind', { ...step, sequence: 3 }))).toBe(
        'rejected/vetoed',
      );
    });

    test('delays no step of the patient, each of which outdates the proposal', async () => {
      const someone = await granted();
      const step = { id: someone.id, sequence: 2, newKey: patient().subjectKey };
      await network.submit('st-mary', 'proposeRebind', step);
      await network.submit('st-mary', 'replace', someone.grant(2, statementOf()));
      await network.anchor('st-mary', start + 40 * VETO_SECONDS);
      expect(await refusal(network.submit('st-mary', 'completeRebind', step))).toBe('conflict/sequence');
      expect(await refusal(network.submit('st-mary', 'completeRebind', { ...step, sequence: 3 }))).toBe(
        'rejected/no-proposal',
      );
      await network.submit('aurora', 'revoke', someone.revoke(3));
    });
  });
});
