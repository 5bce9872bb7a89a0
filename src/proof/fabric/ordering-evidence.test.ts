import { describe, expect, test } from 'vitest';
import {
  configurationEnvelope,
  ecdsa,
  field,
  holder,
  type MadeBlock,
  makeBlock,
  message,
  type Orderer,
  serialized,
  signatures,
} from '../../../test/interop/fabric-blocks.ts';
import {
  type OrderingEvidence,
  orderedBlockHash,
  orderingQuorum,
  toBase64,
  toHex,
  verifyOrdering,
} from '../index.ts';

const orderer = (id: number): Orderer => ({ ...holder('orderer'), id });
const four = [1, 2, 3, 4].map(orderer);
const five = [...four, orderer(5)];
const three = four.slice(0, 3);
const envelope = (text: string) => field(1, message(field(2, text)));

/** Channel: block 0 four orderers, block 1 a transaction, block 2 a fifth orderer joins, block 3 a transaction. */
const genesis = makeBlock(undefined, [configurationEnvelope('holdfast', 0, four)]);
const first = makeBlock(genesis, [envelope('first')]);
const joined = makeBlock(first, [configurationEnvelope('holdfast', 1, five)]);
joined.metadata[0] = signatures(joined, three, 2);
const second = makeBlock(joined, [envelope('second')]);

const entry = (block: MadeBlock) => ({
  height: block.number,
  hash: orderedBlockHash(block),
  previous: block.number === 0 ? '0'.repeat(64) : toHex(block.previousHash),
  transactions: [],
});
const evidence = (
  block: MadeBlock,
  signed: Uint8Array,
  configuration: readonly MadeBlock[] = [genesis, joined],
): OrderingEvidence => ({
  version: 1,
  dataHash: toBase64(block.dataHash),
  signatures: toBase64(signed),
  configuration: configuration.map((each) => toBase64(serialized(each))),
});
const code = (block: MadeBlock, value: unknown, known?: string) => {
  const verdict = verifyOrdering(entry(block), value, known);
  return verdict.ok ? 'accepted' : verdict.code;
};
const good = evidence(second, signatures(second, five.slice(0, 4), 2));

describe('who ordered a block', () => {
  test('is accepted by a quorum of the orderers in force, whose configuration descends from the first block', () => {
    const known = orderedBlockHash(genesis);
    expect(verifyOrdering(entry(second), JSON.parse(JSON.stringify(good)), known)).toEqual({
      ok: true,
      channel: 'holdfast',
      genesis: known,
      orderers: 5,
      signers: 4,
    });
    expect(code(first, evidence(first, signatures(first, three, 0), [genesis]))).toBe('accepted');
  });

  test('another channel’s first block is not the one that is known', () => {
    const other = makeBlock(undefined, [configurationEnvelope('other', 0, four)]);
    expect(code(second, good, orderedBlockHash(other))).toBe('genesis-mismatch');
    expect(
      code(first, evidence(first, signatures(first, three, 0), [other]), orderedBlockHash(genesis)),
    ).toBe('genesis-mismatch');
  });

  test('too few, the same one twice, strangers and two numbers of one key are no quorum', () => {
    const signedBy = (...orderers: readonly Orderer[]) =>
      code(second, evidence(second, signatures(second, orderers, 2)));
    const [one, two, , fourth] = five as [Orderer, Orderer, Orderer, Orderer, Orderer];
    expect(signedBy(...three)).toBe('ordering-quorum-missing');
    expect(signedBy(...three, one)).toBe('ordering-quorum-missing');
    expect(signedBy(...three, orderer(9))).toBe('ordering-quorum-missing');
    expect(signedBy(...three, { ...two, id: fourth.id })).toBe('ordering-quorum-missing');
    const twice = makeBlock(undefined, [configurationEnvelope('holdfast', 0, [...three, { ...one, id: 4 }])]);
    const block = makeBlock(twice, [envelope('x')]);
    const signed = signatures(block, [one, two, { ...one, id: 4 }], 0);
    expect(code(block, evidence(block, signed, [twice]))).toBe('ordering-quorum-missing');
  });

  test('a signature over another header, with the higher S, or of another configuration number does not count', () => {
    expect(code(second, evidence(second, signatures(first, five, 2)))).toBe('ordering-quorum-missing');
    const high = signatures(second, five, 2, (key, bytes) => ecdsa(key, bytes, 'high'));
    expect(code(second, evidence(second, high))).toBe('ordering-quorum-missing');
    expect(code(second, evidence(second, signatures(second, five, 1)))).toBe('configuration-outdated');
  });

  test('orderers that were replaced sign nothing more', () => {
    const old = signatures(second, four, 0);
    expect(code(second, evidence(second, old, [genesis, joined]))).toBe('configuration-outdated');
    const after = makeBlock(first, [configurationEnvelope('holdfast', 1, [1, 2, 3, 4].map(orderer))]);
    after.metadata[0] = signatures(after, three, 2);
    const block = makeBlock(after, [envelope('x')]);
    expect(code(block, evidence(block, signatures(block, four, 2), [genesis, after]))).toBe(
      'ordering-quorum-missing',
    );
  });

  test('a configuration that its predecessor’s orderers did not sign, or that was skipped, stops the chain', () => {
    const forged = makeBlock(first, [configurationEnvelope('holdfast', 1, [1, 2, 3, 4].map(orderer))]);
    forged.metadata[0] = signatures(forged, [1, 2, 3, 4].map(orderer), 2);
    const chain = (...blocks: readonly MadeBlock[]) =>
      code(second, { ...good, configuration: blocks.map((b) => toBase64(serialized(b))) });
    expect(chain(genesis, forged)).toBe('configuration-invalid');
    const unsigned = { ...joined, metadata: [new Uint8Array()] };
    expect(chain(genesis, unsigned)).toBe('configuration-invalid');
    const skipping = makeBlock(first, [configurationEnvelope('holdfast', 2, five)]);
    skipping.metadata[0] = signatures(skipping, three, 2);
    expect(chain(genesis, skipping)).toBe('configuration-invalid');
    const elsewhere = makeBlock(first, [configurationEnvelope('elsewhere', 1, five)]);
    elsewhere.metadata[0] = signatures(elsewhere, three, 2);
    expect(chain(genesis, elsewhere)).toBe('configuration-invalid');
    expect(chain(joined)).toBe('configuration-invalid');
    expect(chain(genesis, first)).toBe('configuration-invalid');
    expect(chain()).toBe('configuration-invalid');
    expect(chain(genesis, { ...joined, data: [configurationEnvelope('holdfast', 1, four)] })).toBe(
      'configuration-invalid',
    );
  });

  test('a block of another hash, or a channel without BFT, is refused', () => {
    expect(code(first, good)).toBe('block-mismatch');
    const raft = makeBlock(undefined, [configurationEnvelope('holdfast', 0, four, 'etcdraft')]);
    expect(code(first, evidence(first, signatures(first, three, 0), [raft]))).toBe('ordering-malformed');
  });

  test('no single bit of signatures, hash or configuration can be changed', () => {
    const flipped = (text: string, at: number) => {
      const bytes = Buffer.from(text, 'base64');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const least = evidence(second, signatures(second, five.slice(0, 4), 2));
    for (let at = 0; at < 32; at += 5)
      expect(code(second, { ...least, dataHash: flipped(least.dataHash, at) }), `hash ${at}`).not.toBe(
        'accepted',
      );
    const [zero = '', two = ''] = least.configuration;
    for (let at = 0; at < Buffer.from(zero, 'base64').length; at += 499)
      expect(
        code(second, { ...least, configuration: [flipped(zero, at), two] }, orderedBlockHash(genesis)),
        `block 0, ${at}`,
      ).not.toBe('accepted');
    for (let at = 0; at < Buffer.from(least.signatures, 'base64').length; at += 83)
      expect(
        code(second, { ...least, signatures: flipped(least.signatures, at) }),
        `signatures ${at}`,
      ).not.toBe('accepted');
  });

  test.each([
    null,
    1,
    'x',
    {},
    { ...good, version: 2 },
    { ...good, more: 1 },
    { ...good, configuration: ['!'] },
    { ...good, signatures: 'AAAA' },
  ])('what is no evidence is refused, not a crash: %#', (value) => {
    expect(verifyOrdering(entry(second), value).ok).toBe(false);
  });

  test('the quorum grows with the orderers as Fabric’s does', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 10].map(orderingQuorum)).toEqual([1, 2, 2, 3, 4, 4, 5, 7]);
  });
});
