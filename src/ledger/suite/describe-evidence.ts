import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../crypto/index.ts';
import { type LedgerEvidence, transactionDigest, verifyLedgerEvidence } from '../../proof/index.ts';
import { LedgerError } from '../index.ts';
import { testContracts } from './test-contracts.ts';
import { TEST_LEDGER, testPolicy } from './test-member.ts';
import { refusal, type StartEngine, SuiteNetwork, set } from './test-network.ts';

const ZEROS = '0'.repeat(64);

function verify(evidence: unknown, policies = [testPolicy(1)]) {
  return verifyLedgerEvidence(evidence, policies, nativePrimitives);
}

/** Evidence that is altered in one place each. */
function altered(evidence: LedgerEvidence): Record<string, LedgerEvidence> {
  const { block } = evidence;
  const [first, ...others] = block.transactions;
  if (first === undefined) throw new Error('the block is empty');
  const lines = evidence.proof.split('\n');
  const signatureLine = lines.findIndex((line) => line.startsWith('— '));
  const changedLine = (index: number, change: (line: string) => string) => ({
    ...evidence,
    proof: lines.map((line, i) => (i === index ? change(line) : line)).join('\n'),
  });
  const flip = (line: string) => line.replace(/.(?=[A-Za-z0-9+/]{10}=*$)/, (c) => (c === 'A' ? 'B' : 'A'));
  return {
    'another block hash': { ...evidence, block: { ...block, hash: ZEROS } },
    'another block before': { ...evidence, block: { ...block, previous: 'f'.repeat(64) } },
    'another height': { ...evidence, block: { ...block, height: block.height + 1 } },
    'another digest': {
      ...evidence,
      block: { ...block, transactions: [{ ...first, digest: ZEROS }, ...others] },
    },
    'another validity': {
      ...evidence,
      block: { ...block, transactions: [{ ...first, valid: false }, ...others] },
    },
    'another transaction': { ...evidence, transaction: ZEROS },
    'one transaction more': {
      ...evidence,
      block: { ...block, transactions: [...block.transactions, { ...first, id: ZEROS }] },
    },
    'another index': changedLine(1, () => `index ${block.height + 1}`),
    'another signature': changedLine(signatureLine, flip),
    'one signature less than the quorum': {
      ...evidence,
      proof: lines
        .filter((_, i) => i < signatureLine + 2)
        .join('\n')
        .concat('\n'),
    },
  };
}

/** Evidence of transactions, and what members sign. */
export function describeEvidence(start: StartEngine): void {
  describe('evidence', () => {
    let network: SuiteNetwork;
    beforeAll(async () => {
      network = await SuiteNetwork.begun(start, testContracts);
    });
    afterAll(() => network.end());

    test('nothing altered verifies', async () => {
      const { transaction } = await network.ledger('st-mary').submit(set());
      await network.ledger('st-mary').submit(set());
      const evidence = await network.ledger('st-mary').evidence(transaction);
      expect(verify(evidence).ok).toBe(true);
      for (const [what, forged] of Object.entries(altered(evidence))) {
        expect(verify(forged).ok, what).toBe(false);
        expect(verify(JSON.stringify(forged)).ok, what).toBe(false);
      }
      expect(verify(evidence, [testPolicy(1).replaceAll('aurora', 'borealis')]).ok).toBe(false);
    });

    test('what was committed verifies with the network’s policy alone, offline', async () => {
      const wanted = set({ value: 3 });
      const { transaction, height, block } = await network.ledger('lakeside').submit(wanted);
      const evidence = await network.ledger('lakeside').evidence(transaction);
      expect(verify(JSON.stringify(evidence))).toMatchObject({
        ok: true,
        ledger: TEST_LEDGER,
        policy: { version: 1 },
        height,
        blockHash: block,
        digest: transactionDigest('counter', 'set', wanted.args),
      });
    });

    test('an unknown transaction has no evidence', async () => {
      expect(await refusal(network.ledger('st-mary').evidence(ZEROS))).toBe('rejected/unknown-transaction');
    });

    test('without a quorum there is none, and lines that say nothing do not count', async () => {
      const ledger = network.ledger('meridian');
      const { transaction } = await ledger.submit(set());
      const lakeside = network.logs.get('lakeside');
      const overAnother = (await lakeside?.cosign(lakeside.checkpoint(1))) ?? '';
      let donated = '';
      // One genuine line besides the asker's; the others: another member's line, a line over another checkpoint, rubbish.
      for (const worthless of [() => donated, () => overAnother, () => '— garbage\n', () => '']) {
        network.answer = async (organisation, line) => {
          if (organisation !== 'aurora') return worthless();
          donated = await line();
          return donated;
        };
        expect(await refusal(ledger.evidence(transaction))).toBe('unavailable/quorum');
      }
      network.answer = async () => {
        throw new LedgerError('unavailable', 'not reached');
      };
      expect(await refusal(ledger.evidence(transaction))).toBe('unavailable/quorum');
      network.answer = (_organisation, line) => line();
      expect(verify(await ledger.evidence(transaction)).ok).toBe(true);
    });

    test('one member that is down or lies does not stop evidence', async () => {
      const ledger = network.ledger('st-mary');
      const { transaction } = await ledger.submit(set());
      network.answer = async (organisation, line) =>
        organisation === 'lakeside' ? '— x AAAAAAAAAA==\n' : line();
      expect(verify(await ledger.evidence(transaction)).ok).toBe(true);
      network.answer = (_organisation, line) => line();
    });

    test('a member signs only what its own log says', async () => {
      const { height } = await network.ledger('st-mary').submit(set());
      const log = network.logs.get('aurora');
      if (log === undefined) throw new Error('no such log');
      await expect.poll(() => network.logs.get('st-mary')?.size).toBe(height + 1);
      const [origin, size, root, ...rest] = (network.logs.get('st-mary')?.checkpoint() ?? '').split('\n');
      const asked = (...lines: (string | undefined)[]) => refusal(log.cosign(lines.join('\n')));
      expect(await asked(origin, size, `${'A'.repeat(43)}=`, ...rest)).toBe('rejected/other-history');
      expect(await asked(origin, String(height), root, ...rest)).toBe('rejected/other-history');
      expect(await asked(origin, size, root, 'extension', ...rest)).toBe('rejected/other-history');
      expect(await asked('other/ledger', size, root, ...rest)).toBe('rejected/malformed');
      expect(await asked(origin, '0', root, ...rest)).toBe('rejected/malformed');
      expect(await asked(origin, String(height + 1_000), root, ...rest)).toBe('unavailable/behind');
      expect(await asked(origin, '9'.repeat(19), root, ...rest)).toBe('rejected/malformed');
      expect(await asked('')).toBe('rejected/malformed');
      expect(await log.cosign([origin, size, root, ...rest].join('\n'))).toContain(
        `${TEST_LEDGER}/ledger/aurora`,
      );
    });

    test('after a restart old transactions still have evidence, and the log goes on', async () => {
      const { transaction } = await network.ledger('st-mary').submit(set());
      await network.restart();
      const later = await network.ledger('st-mary').submit(set());
      for (const id of [transaction, later.transaction]) {
        expect(verify(await network.ledger('aurora').evidence(id)).ok).toBe(true);
      }
    });
  });
}
