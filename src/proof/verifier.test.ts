import { beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import {
  bytesFor,
  cosignedCheckpoint,
  eventOf,
  FIRST_COSIGNATURE,
  LEDGER,
  MemoryLog,
  member,
  receiptsOf,
  signerFor,
} from '../../test/interop/network.ts';
import {
  contentCommitment,
  contentSalt,
  cosign,
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  entryCommitment,
  formatLogPolicy,
  formatNetworkPolicy,
  formatReceipt,
  formatReceiptBundle,
  formatVerifierKey,
  policyHash,
  type Receipt,
  toBase64,
  toHex,
  VerificationCache,
  type VerifyOptions,
  verifyBundle,
  verifyReceipt,
  withdrawPolicy,
} from './index.ts';

const members = ['aurora', 'lakeside', 'meridian', 'st-mary'].map(member);
const network = formatNetworkPolicy({ ledger: LEDGER, version: 2, members });
const ownLog = formatLogPolicy({ ledger: LEDGER, version: 2, members }, 'st-mary');
const options: VerifyOptions = { policies: [network], primitives: nativePrimitives };
const code = (receipt: unknown, change: Partial<VerifyOptions> = {}) => {
  const verdict = verifyReceipt(receipt, { ...options, ...change });
  return verdict.ok ? 'accepted' : verdict.code;
};

const content = '{"resourceType":"Observation","id":"1","valueQuantity":{"value":1.50}}';
const salt = contentSalt(bytesFor('data key'), eventOf('st-mary', 1).id);
const commitment = toBase64(
  contentCommitment(salt, '{"id":"1","resourceType":"Observation","valueQuantity":{"value":1.50}}'),
);

let receipt: Receipt;
let uncontested: Receipt;
beforeAll(async () => {
  const events = [
    eventOf('st-mary', 0),
    eventOf('st-mary', 1, { content: commitment }),
    eventOf('st-mary', 2),
  ];
  const receipts = await receiptsOf(events, ['lakeside', 'meridian'], [undefined, salt, undefined]);
  receipt = receipts[1] as Receipt;
  uncontested = receipts[2] as Receipt;
});

describe('a receipt', () => {
  test('verifies under the policy of the network and under that of its log', () => {
    for (const policy of [network, ownLog]) {
      expect(verifyReceipt(formatReceipt(receipt), { ...options, policies: [policy], content })).toEqual({
        ok: true,
        event: receipt.event,
        policy: { ledger: LEDGER, version: 2, hash: toHex(policyHash(policy)) },
        origin: 'holdfast.local/orgs/st-mary',
        leafIndex: 1,
        treeSize: 3,
        loggedAfterBlock: { height: 41, hash: receipt.event.block },
        loggedBefore: new Date((FIRST_COSIGNATURE + 60) * 1000).toISOString(),
        contentChecked: 'checked',
        flags: [],
      });
    }
  });

  test('verifies as in a browser, without a native primitive', () => {
    expect(verifyReceipt(receipt, { policies: [network] })).toMatchObject({
      ok: true,
      contentChecked: 'not-checked',
    });
  });

  test('needs a policy that the caller trusts', () => {
    expect(code(receipt, { policies: [] })).toBe('policy-required');
    expect(code('not even a receipt', { policies: [] })).toBe('policy-required');
    expect(code(receipt, { policies: [network, 'nonsense'] })).toBe('policy-malformed');
  });

  test.each([null, 1, [], '', '{}', '{"version":1,"version":1}', '['.repeat(5000)])('is not %j', (value) =>
    expect(code(value)).toBe('receipt-malformed'),
  );

  test('has exactly the members of the format', () => {
    const { event } = receipt;
    const changes: unknown[] = [
      { ...receipt, version: 2 },
      { ...receipt, extra: 1 },
      { ...receipt, salt: receipt.salt.slice(4) },
      { ...receipt, contentSalt: 'AA==' },
      { ...receipt, proof: 1 },
      { ...receipt, proof: receipt.proof.replace('\nindex', '\nextra AAAA\nindex') },
      { ...receipt, event: JSON.stringify(event) },
      { ...receipt, event: { ...event, v: 2 } },
      { ...receipt, event: { ...event, extra: 1 } },
      { ...receipt, event: { ...event, id: event.id.toUpperCase() } },
      { ...receipt, event: { ...event, height: 1.5 } },
      { ...receipt, event: { ...event, height: -0 } },
      { ...receipt, event: { ...event, time: '2026-02-30T00:00:00.000Z' } },
      { ...receipt, event: { ...event, time: '2026-02-03T00:00:00Z' } },
      { ...receipt, event: { ...event, actor: '' } },
      { ...receipt, event: { ...event, actor: 'a\u001b[31m' } },
      { ...receipt, event: { ...event, object: 'x'.repeat(2000) } },
    ];
    for (const changed of changes) expect(code(changed)).toBe('receipt-malformed');
  });

  test('of a kind that this version does not know still verifies', async () => {
    const [other] = await receiptsOf(
      [eventOf('st-mary', 0, { kind: 'trial.edit' })],
      ['lakeside', 'meridian'],
    );
    expect(code(other)).toBe('accepted');
  });

  test('does not verify with another event, salt, index or path', () => {
    expect(code({ ...receipt, event: { ...receipt.event, actor: 'Practitioner/8' } })).toBe(
      'inclusion-invalid',
    );
    expect(code({ ...receipt, salt: toBase64(bytesFor('other')) })).toBe('inclusion-invalid');
    expect(code({ ...receipt, proof: receipt.proof.replace('index 1', 'index 0') })).toBe(
      'inclusion-invalid',
    );
    expect(code({ ...uncontested, proof: receipt.proof })).toBe('inclusion-invalid');
  });

  test('does not verify with an altered checkpoint', () => {
    expect(code({ ...receipt, proof: receipt.proof.replace('\n3\n', '\n4\n') })).toBe(
      'log-signature-invalid',
    );
    expect(code({ ...receipt, proof: receipt.proof.replace('\n3\n', '\n9007199254740993\n') })).toBe(
      'receipt-malformed',
    );
  });

  test('of an organisation that does not own the log is refused', async () => {
    const [foreign] = await receiptsOf([eventOf('lakeside', 0)], ['meridian', 'aurora']);
    const log = new MemoryLog();
    log.append(entryCommitment(bytesFor('salt 0'), eventOf('lakeside', 0)));
    const checkpoint = await cosignedCheckpoint(log, 'st-mary', ['meridian', 'aurora']);
    expect(code(foreign)).toBe('accepted');
    expect(code({ ...foreign, proof: log.proof(0, checkpoint) })).toBe('wrong-organisation');
  });
});

describe('a quorum', () => {
  const withWitnesses = async (...witnesses: string[]) =>
    (await receiptsOf([eventOf('st-mary', 0)], witnesses))[0];

  test('is never completed by the owner of the log', async () => {
    for (const policy of [network, ownLog]) {
      expect(code(await withWitnesses('st-mary', 'aurora'), { policies: [policy] })).toBe('quorum-missing');
      expect(code(await withWitnesses('st-mary', 'aurora', 'meridian'), { policies: [policy] })).toBe(
        'accepted',
      );
    }
  });

  test('is not completed by the owner listed under another name', async () => {
    const alias = network
      .replace('witness st-mary', 'witness zz')
      .replace('meridian st-mary\n', 'meridian zz\n');
    expect(alias).not.toBe(network);
    expect(code(await withWitnesses('st-mary', 'aurora'), { policies: [alias] })).toBe('quorum-missing');
  });

  test('is not completed by the owner under a key with another name', async () => {
    const moved = signerFor('elsewhere.example/orgs/st-mary/witness', 'st-mary elsewhere');
    const { name, publicKey } = moved;
    const vkey = formatVerifierKey({ name, publicKey, type: ED25519_COSIGNATURE });
    const policy = network.replace(/^witness st-mary .*$/m, `witness st-mary ${vkey}`);
    const signed = (await withWitnesses('aurora')) as Receipt;
    const checkpoint = signed.proof.slice(signed.proof.indexOf('\n\n') + 2);
    const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
    const proof = signed.proof + (await cosign(text, FIRST_COSIGNATURE, moved));
    expect(code({ ...signed, proof }, { policies: [policy] })).toBe('quorum-missing');
    const other = network.replace(/^witness meridian .*$/m, `witness meridian ${vkey}`);
    expect(code({ ...signed, proof }, { policies: [other] })).toBe('accepted');
  });

  test('counts a witness once, however often it cosigned', async () => {
    expect(code(await withWitnesses('aurora', 'aurora'))).toBe('quorum-missing');
  });

  test('is not completed by strangers, and not disturbed by them', async () => {
    expect(code(await withWitnesses('evil', 'worse'))).toBe('quorum-missing');
    expect(code(await withWitnesses('evil', 'aurora', 'meridian'))).toBe('accepted');
  });

  test('gives the time of its last needed cosignature, whatever the order of lines', async () => {
    const cosigned = await withWitnesses('lakeside', 'meridian', 'aurora');
    const [head, tail] = (cosigned?.proof ?? '').split(/(?<=\n\n)(?=— )/);
    const lines = (tail ?? '').trimEnd().split('\n');
    for (const order of [lines, lines.toReversed()]) {
      const verdict = verifyReceipt({ ...cosigned, proof: `${head}${order.join('\n')}\n` }, options);
      expect(verdict).toMatchObject({
        ok: true,
        loggedBefore: new Date((FIRST_COSIGNATURE + 60) * 1000).toISOString(),
      });
    }
  });

  test('is not met when a cosignature that it needs was altered', async () => {
    const altered = receipt.proof.replace(
      /(meridian\/witness .{40})(.)/,
      (_all, head, char) => head + (char === 'A' ? 'B' : 'A'),
    );
    expect(code({ ...receipt, proof: altered })).toBe('cosignature-invalid');
  });

  test('is not asked for where the owner is the only member, and then there is no upper bound in time', async () => {
    const alone = formatNetworkPolicy({ ledger: LEDGER, version: 1, members: members.slice(3) });
    const verdict = verifyReceipt(await withWitnesses(), { ...options, policies: [alone] });
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict).not.toHaveProperty('loggedBefore');
  });
});

describe('policies', () => {
  const versions = [1, 3, 2].map((version) => formatNetworkPolicy({ ledger: LEDGER, version, members }));
  const withoutOwner = (version: number) =>
    formatNetworkPolicy({ ledger: LEDGER, version, members: members.slice(0, 3) });

  test('are tried from the newest, and the one that accepts is named', () => {
    expect(verifyReceipt(receipt, { ...options, policies: versions })).toMatchObject({
      ok: true,
      policy: { version: 3 },
    });
    const policies = [withoutOwner(9), ...versions];
    expect(verifyReceipt(receipt, { ...options, policies })).toMatchObject({
      ok: true,
      policy: { version: 3 },
    });
  });

  test('that do not list the log do not help', () => {
    expect(code(receipt, { policies: [withoutOwner(9)] })).toBe('unknown-log');
  });

  test('that were withdrawn accept nothing', () => {
    expect(code(receipt, { policies: [withdrawPolicy(network)] })).toBe('policy-withdrawn');
    expect(code(receipt, { policies: [withdrawPolicy(network), withoutOwner(9)] })).toBe('policy-withdrawn');
    expect(code(receipt, { policies: [withdrawPolicy(network), versions[0] ?? ''] })).toBe('accepted');
  });

  test('with another key for the log see no signature', () => {
    const { name, publicKey } = signerFor('holdfast.local/orgs/st-mary', 'rotated');
    const rotated = { ...member('st-mary'), log: formatVerifierKey({ name, type: ED25519_NOTE, publicKey }) };
    const policy = formatNetworkPolicy({
      ledger: LEDGER,
      version: 4,
      members: [...members.slice(0, 3), rotated],
    });
    expect(code(receipt, { policies: [policy] })).toBe('log-signature-missing');
    expect(code(receipt, { policies: [policy, network] })).toBe('accepted');
  });
});

describe('content', () => {
  test('is what was logged, however its JSON is laid out', () => {
    const laidOut = '{ "valueQuantity": { "value": 1.50 },\n "id": "1", "resourceType": "Observation" }';
    expect(code(receipt, { content })).toBe('accepted');
    expect(code(receipt, { content: laidOut })).toBe('accepted');
  });

  test('is another when a digit is lost', () => {
    expect(code(receipt, { content: content.replace('1.50', '1.5') })).toBe('content-mismatch');
  });

  test('cannot be checked without its salt or its commitment', () => {
    const { contentSalt: _salt, ...closed } = receipt;
    expect(code(closed, { content })).toBe('content-unverifiable');
    expect(code(uncontested, { content })).toBe('content-unverifiable');
    expect(code({ ...receipt, contentSalt: toBase64(bytesFor('other')) }, { content })).toBe(
      'content-mismatch',
    );
    expect(code(receipt, { content: '{' })).toBe('content-malformed');
  });
});

describe('flags', () => {
  const at = async (offsetMs: number, now?: Date) => {
    const quorumMs = (FIRST_COSIGNATURE + 60) * 1000;
    const event = eventOf('st-mary', 0, { time: new Date(quorumMs + offsetMs).toISOString() });
    const [made] = await receiptsOf([event], ['lakeside', 'meridian']);
    const verdict = verifyReceipt(made, { ...options, ...(now && { now }) });
    return verdict.ok ? verdict.flags : verdict.code;
  };

  test('an event that claims to be more than five minutes later than its witnesses is flagged', async () => {
    expect(await at(5 * 60_000)).toEqual([]);
    expect(await at(5 * 60_000 + 1)).toEqual(['event-time-late']);
  });

  test('witnesses ahead of the caller are flagged', async () => {
    expect(await at(0, new Date((FIRST_COSIGNATURE + 60 - 300) * 1000))).toEqual([]);
    expect(await at(0, new Date((FIRST_COSIGNATURE + 60 - 301) * 1000))).toEqual(['cosignature-time-ahead']);
  });
});

describe('a bundle', () => {
  const bundle = (policies: string[] = []) =>
    formatReceiptBundle({ version: 1, policies, items: [{ receipt, content }, { receipt: uncontested }] });

  test('is verified item by item, contents with their digits', () => {
    expect(verifyBundle(bundle(), options)).toMatchObject({
      ok: true,
      verdicts: [{ contentChecked: 'checked' }, { contentChecked: 'not-checked' }],
    });
    expect(verifyBundle(bundle().replace('1.50', '1.5'), options)).toMatchObject({
      ok: false,
      verdicts: [{ ok: false, code: 'content-mismatch' }, { ok: true }],
    });
  });

  test('does not bring its own trust', () => {
    expect(verifyBundle(bundle([network]), { policies: [] })).toMatchObject({
      ok: false,
      code: 'policy-required',
    });
    const stranger = formatNetworkPolicy({ ledger: LEDGER, version: 9, members: members.slice(0, 3) });
    expect(verifyBundle(bundle([network]), { policies: [stranger] })).toMatchObject({
      ok: false,
      verdicts: [{ code: 'unknown-log' }, {}],
    });
  });

  test.each([
    '',
    '[]',
    '{"version":1,"policies":[],"items":[{}]}',
    '{"version":1,"policies":[1],"items":[]}',
  ])('is not %j', (text) => {
    expect(verifyBundle(text, options)).toMatchObject({ ok: false, code: 'receipt-malformed' });
  });
});

test('a shared cache changes no verdict and pays for a checkpoint once', async () => {
  const cache = new VerificationCache();
  let calls = 0;
  const counting = {
    verifyEd25519: (...args: Parameters<typeof nativePrimitives.verifyEd25519>) => {
      calls += 1;
      return nativePrimitives.verifyEd25519(...args);
    },
  };
  for (let round = 0; round < 3; round++) {
    expect(code(receipt, { cache, primitives: counting })).toBe('accepted');
    expect(code(uncontested, { cache, primitives: counting })).toBe('accepted');
    expect(code({ ...receipt, salt: toBase64(bytesFor('other')) }, { cache, primitives: counting })).toBe(
      'inclusion-invalid',
    );
    expect(code(receipt, { cache, primitives: counting, policies: [withdrawPolicy(network)] })).toBe(
      'policy-withdrawn',
    );
  }
  expect(calls).toBe(3);
});

test('a cache forgets what was used longest ago', () => {
  const cache = new VerificationCache();
  const [kept, lost] = [cache.policy('# kept\nquorum none\n'), cache.policy('# lost\nquorum none\n')];
  for (let n = 0; n < 255; n++) {
    cache.policy(`# ${n}\nquorum none\n`);
    expect(cache.policy('# kept\nquorum none\n')).toBe(kept);
  }
  expect(cache.policy('# lost\nquorum none\n')).not.toBe(lost);
});
