import { describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import {
  bytesFor,
  FIRST_COSIGNATURE,
  LEDGER,
  ledgerSigner,
  MemoryLog,
  member,
} from '../../test/interop/network.ts';
import {
  type BlockEntry,
  blockEntryBytes,
  canonicalize,
  cosign,
  formatNetworkPolicy,
  type LedgerEvidence,
  ledgerOrigin,
  parseBlockEntry,
  policyHash,
  sha256,
  toHex,
  transactionDigest,
  utf8,
  verifyLedgerEvidence,
  withdrawPolicy,
} from './index.ts';

const organisations = ['aurora', 'lakeside', 'meridian', 'st-mary'];
const policyOf = (version: number, members = organisations, ledger = LEDGER) =>
  formatNetworkPolicy({ ledger, version, members: members.map(member) });
const policy = policyOf(2);
const hex = (label: string) => toHex(bytesFor(label));

const digest = transactionDigest('consent', 'revoke', { id: 'c1', sequence: 2 });
const blocks: BlockEntry[] = [0, 1, 2, 3, 4].map((height) => ({
  height,
  hash: hex(`block ${height}`),
  previous: height === 0 ? '0'.repeat(64) : hex(`block ${height - 1}`),
  transactions: [
    { id: hex(`a${height}`).slice(32), digest, valid: true },
    { id: hex(`b${height}`), digest: hex('other'), valid: false },
  ],
}));

const log = new MemoryLog();
for (const block of blocks) log.append(blockEntryBytes(block));

async function evidenceOf(
  height: number,
  signers: readonly string[],
  change: Partial<LedgerEvidence> = {},
): Promise<LedgerEvidence> {
  const text = log.checkpointText(ledgerOrigin(LEDGER));
  let checkpoint = `${text}\n`;
  for (const [index, organisation] of signers.entries()) {
    checkpoint += await cosign(text, FIRST_COSIGNATURE + index, ledgerSigner(organisation));
  }
  const block = blocks[height] as BlockEntry;
  const transaction = block.transactions[0]?.id ?? '';
  return {
    version: 1,
    block,
    transaction,
    proof: log.proof(height, checkpoint),
    policyVersion: 2,
    ...change,
  };
}

const code = (evidence: unknown, policies: readonly string[] = [policy]) => {
  const verdict = verifyLedgerEvidence(evidence, policies, nativePrimitives);
  return verdict.ok ? 'accepted' : verdict.code;
};
const three = ['aurora', 'meridian', 'st-mary'];

describe('evidence of a transaction', () => {
  test('is accepted with the signatures of three of four members', async () => {
    expect(verifyLedgerEvidence(canonicalize(await evidenceOf(3, three)), [policy])).toEqual({
      ok: true,
      ledger: LEDGER,
      policy: { version: 2, hash: toHex(policyHash(policy)) },
      height: 3,
      blockHash: hex('block 3'),
      digest,
      committedBefore: new Date((FIRST_COSIGNATURE + 2) * 1000).toISOString(),
    });
  });

  test('needs more than two thirds, each member once, no strangers', async () => {
    expect(code(await evidenceOf(3, ['aurora', 'meridian']))).toBe('quorum-missing');
    expect(code(await evidenceOf(3, ['aurora', 'meridian', 'aurora']))).toBe('quorum-missing');
    expect(code(await evidenceOf(3, ['aurora', 'meridian', 'evil']))).toBe('quorum-missing');
    expect(code(await evidenceOf(3, three), [policyOf(2, ['aurora', 'lakeside', 'st-mary'])])).toBe(
      'quorum-missing',
    );
  });

  test('is refused for a transaction that was ordered but not valid', async () => {
    const transaction = blocks[3]?.transactions[1]?.id ?? '';
    expect(code(await evidenceOf(3, three, { transaction }))).toBe('transaction-invalid');
    const pretended = blocks[3]?.transactions.map((entry) => ({ ...entry, valid: true })) ?? [];
    const block = { ...(blocks[3] as BlockEntry), transactions: pretended };
    expect(code(await evidenceOf(3, three, { transaction, block }))).toBe('inclusion-invalid');
  });

  test('is refused for a transaction that is not in the block, or in it twice', async () => {
    expect(code(await evidenceOf(3, three, { transaction: 'f'.repeat(32) }))).toBe('transaction-missing');
    const block = blocks[3] as BlockEntry;
    const doubled = { ...block, transactions: [...block.transactions, ...block.transactions] };
    expect(code(await evidenceOf(3, three, { block: doubled }))).toBe('transaction-missing');
  });

  test('is refused when the block is shown at another height', async () => {
    const { proof } = await evidenceOf(2, three);
    expect(code(await evidenceOf(3, three, { proof }))).toBe('inclusion-invalid');
    const block = { ...(blocks[3] as BlockEntry), height: 2 };
    expect(code(await evidenceOf(3, three, { block }))).toBe('inclusion-invalid');
  });

  test('is refused when the log holds the block at a place that is not its height', async () => {
    const shifted = new MemoryLog();
    for (const block of blocks.slice(1)) shifted.append(blockEntryBytes(block));
    const text = shifted.checkpointText(ledgerOrigin(LEDGER));
    let checkpoint = `${text}\n`;
    for (const organisation of three)
      checkpoint += await cosign(text, FIRST_COSIGNATURE, ledgerSigner(organisation));
    expect(code(await evidenceOf(3, three, { proof: shifted.proof(2, checkpoint) }))).toBe(
      'inclusion-invalid',
    );
  });

  test('is refused when a signature or the checkpoint was altered', async () => {
    const good = await evidenceOf(3, three);
    const signature = good.proof.replace(
      /(meridian .{30})(.)/,
      (_all, head, char) => head + (char === 'A' ? 'B' : 'A'),
    );
    expect(code({ ...good, proof: signature })).toBe('cosignature-invalid');
    expect(code({ ...good, proof: good.proof.replace('\n5\n', '\n6\n') })).not.toBe('accepted');
  });

  test('needs a policy of that ledger that is not withdrawn', async () => {
    const good = await evidenceOf(3, three);
    expect(code(good, [])).toBe('policy-required');
    expect(code(good, ['x'])).toBe('policy-malformed');
    expect(code(good, [withdrawPolicy(policy)])).toBe('policy-withdrawn');
    expect(code(good, ['quorum none\n'])).toBe('unknown-ledger');
    expect(verifyLedgerEvidence(good, [policyOf(1), policyOf(3), policy])).toMatchObject({
      ok: true,
      policy: { version: 3 },
    });
  });

  test('has exactly the members of the format', async () => {
    const good = await evidenceOf(3, three);
    const { block } = good;
    const [transaction] = block.transactions;
    const changes: unknown[] = [
      null,
      'x',
      { ...good, version: 2 },
      { ...good, extra: 1 },
      { ...good, proof: 'x' },
      { ...good, block: { ...block, height: -1 } },
      { ...good, block: { ...block, hash: 'x' } },
      { ...good, block: { ...block, transactions: {} } },
      { ...good, block: { ...block, transactions: [{ ...transaction, valid: 1 }] } },
      { ...good, block: { ...block, transactions: [{ ...transaction, extra: 1 }] } },
    ];
    for (const changed of changes) expect(code(changed)).toBe('evidence-malformed');
  });
});

test('a transaction digest is the SHA-256 of the JCS of contract, name and arguments', () => {
  const jcs = '{"arguments":{"id":"c1","sequence":2},"contract":"consent","name":"revoke"}';
  expect(digest).toBe(toHex(sha256(utf8(jcs))));
});

test('a block entry is the JCS of its four members and survives its text', () => {
  for (const block of blocks) {
    const bytes = blockEntryBytes(block);
    expect(new TextDecoder().decode(bytes)).toBe(canonicalize(block));
    expect(parseBlockEntry(JSON.parse(new TextDecoder().decode(bytes)))).toEqual(block);
  }
});
