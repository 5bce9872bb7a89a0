import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives, randomId } from '../../crypto/index.ts';
import { fromUtf8, verifyLedgerEvidence } from '../../proof/index.ts';
import { requestText } from '../fabric/invocation.ts';
import { hostedProcesses } from '../fabric/network/process-specs.ts';
import { runningProcess } from '../fabric/network/supervised-process.ts';
import type { FabricProfile } from '../fabric/profile.ts';
import { type Ledger, LedgerError } from '../index.ts';
import type { SuiteFabric } from './fabric-network.ts';
import { testContracts } from './test-contracts.ts';
import { testPolicy } from './test-member.ts';
import { SuiteNetwork, set } from './test-network.ts';

const LONG_MS = 120_000; // processes that stop and start on a busy machine

/** A client that keeps to none of the engine's rules: it endorses where it wants and orders what it wants. */
function lawless(profile: FabricProfile) {
  const { endpoint, serverName, tlsCa } = profile.peer;
  const client = new Client(endpoint, credentials.createSsl(tlsCa), {
    'grpc.ssl_target_name_override': serverName,
  });
  const { certificate, key } = profile.identities.node;
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: certificate },
    signer: signers.newPrivateKeySigner(key),
    hash: hash.sha256,
  });
  const contract = gateway.getNetwork(profile.channel).getContract(profile.chaincode);
  return {
    async endorsed(text: string, organisations?: string[]) {
      const only = organisations === undefined ? {} : { endorsingOrganizations: organisations };
      const proposal = contract.newProposal('submit', { arguments: [text], ...only });
      const transaction = await proposal.endorse();
      return {
        id: proposal.getTransactionId(),
        answer: fromUtf8(transaction.getResult()),
        order: () => transaction.submit(),
      };
    },
    close() {
      gateway.close();
      client.close();
    },
  };
}

/** Whether each of these transactions is valid, once blocks have brought them all. */
async function validity(
  ledger: Ledger,
  from: number,
  ids: readonly string[],
): Promise<(boolean | undefined)[]> {
  const found = new Map<string, boolean>();
  for await (const block of ledger.blocks(BigInt(from), AbortSignal.timeout(60_000))) {
    for (const { id, valid } of block.transactions) if (ids.includes(id)) found.set(id, valid);
    if (found.size === ids.length) break;
  }
  return ids.map((id) => found.get(id));
}

/** Submits until it is taken: what a node does while its peer comes back. */
async function insist(ledger: Ledger, transaction: ReturnType<typeof set>) {
  const until = performance.now() + LONG_MS / 2;
  for (;;) {
    try {
      return await ledger.submit(transaction);
    } catch (error) {
      const passes =
        error instanceof LedgerError && (error.code === 'unavailable' || error.code === 'unknown-outcome');
      if (!passes || performance.now() > until) throw error;
    }
  }
}

/** What only this engine can get wrong: order without validity, altered code, peers that go and come. */
export function describeFabric(fabric: () => SuiteFabric): void {
  describe('the ledger on Fabric', () => {
    let network: SuiteNetwork;
    let profile: FabricProfile;
    beforeAll(async () => {
      network = await SuiteNetwork.begun(fabric().startEngine, testContracts);
      profile = fabric().profile('st-mary', fabric().newest);
    }, LONG_MS);
    afterAll(() => network.end());

    const verify = (evidence: unknown, genesis = profile.genesis) =>
      verifyLedgerEvidence(evidence, [testPolicy(1)], nativePrimitives, genesis);

    test('evidence names the orderers that signed, under a configuration from the known first block', async () => {
      const ledger = network.ledger('st-mary');
      const { transaction } = await ledger.submit(set());
      const evidence = await ledger.evidence(transaction);
      const verdict = verify(JSON.stringify(evidence));
      expect(verdict).toMatchObject({
        ok: true,
        ordering: { channel: 'holdfast', genesis: profile.genesis, orderers: 4 },
      });
      expect(verdict.ok && verdict.ordering?.signers).toBeGreaterThanOrEqual(3);
      expect(verify(evidence, '0'.repeat(64))).toEqual({ ok: false, code: 'genesis-mismatch' });
      const { ordering } = evidence;
      if (ordering === undefined) throw new Error('the evidence says nothing of orderers');
      const other = await ledger.evidence((await ledger.submit(set())).transaction);
      const foreign = { ...evidence, ordering: { ...ordering, signatures: other.ordering?.signatures } };
      expect(verify(foreign)).toEqual({ ok: false, code: 'ordering-quorum-missing' });
      expect(verify({ ...evidence, ordering: { ...ordering, configuration: [] } })).toMatchObject({
        ok: false,
      });
    });

    test(
      'a transaction that was ordered but is invalid does not verify: conflicting reads, missing endorsement',
      async () => {
        const ledger = network.ledger('st-mary');
        const { height } = await ledger.submit(set());
        const client = lawless(profile);
        const text = (value: number, id: string) =>
          requestText({ ...set({ id, value }), time: new Date().toISOString(), height: height + 1 });
        const id = randomId();
        const [first, second] = [await client.endorsed(text(1, id)), await client.endorsed(text(2, id))];
        const alone = await client.endorsed(text(3, randomId()), ['st-mary']);
        for (const each of [first, second, alone]) await each.order();
        const ids = [first.id, second.id, alone.id];
        expect(await validity(ledger, height, ids)).toEqual([true, false, false]);
        expect(verify(await ledger.evidence(first.id))).toMatchObject({ ok: true });
        for (const invalid of [second.id, alone.id]) {
          const evidence = await ledger.evidence(invalid);
          expect(verify(evidence)).toEqual({ ok: false, code: 'transaction-invalid' });
          const transactions = evidence.block.transactions.map((each) => ({ ...each, valid: true }));
          expect(verify({ ...evidence, block: { ...evidence.block, transactions } })).toEqual({
            ok: false,
            code: 'inclusion-invalid',
          });
        }
        const again = await client.endorsed(
          requestText({ ...set({ id, value: 1 }), time: new Date().toISOString(), height: height + 2 }),
        );
        expect(JSON.parse(again.answer)).toEqual({ kind: 'duplicate', transaction: first.id });
        await again.order();
        expect(await validity(ledger, height, [again.id])).toEqual([false]);
        expect(await ledger.query('counter', 'get', { id })).toMatchObject({ value: 1 });
        client.close();
      },
      LONG_MS,
    );

    test(
      'a peer that is killed comes back, and streams and submissions go on',
      async () => {
        const ledger = network.ledger('st-mary');
        const { height } = await ledger.submit(set());
        const read: number[] = [];
        const wanted = set();
        const stream = (async () => {
          for await (const block of ledger.blocks(BigInt(height), AbortSignal.timeout(LONG_MS))) {
            read.push(Number(block.height));
            if (block.transactions.some(({ args }) => args.id === wanted.args.id)) return;
          }
        })();
        const { context } = fabric().network;
        const spec = hostedProcesses(context).find(({ name }) => name === 'peer.st-mary');
        const running = spec === undefined ? undefined : runningProcess(spec.pidFile);
        if (running === undefined) throw new Error('the peer does not run');
        process.kill(running.pid, 'SIGKILL');
        const committed = await insist(ledger, wanted);
        await stream;
        expect(read).toEqual(Array.from({ length: committed.height - height + 1 }, (_, i) => height + i));
      },
      LONG_MS,
    );

    test(
      'a process whose code was altered refuses to start, and what it answers once it is made to never commits',
      async () => {
        const { context, supervisor } = fabric().network;
        const specs = hostedProcesses(context);
        const honest = specs.find(({ name }) => name === 'chaincode.aurora');
        const [bundle = ''] = honest?.args ?? [];
        const altered = alter(
          readFileSync(bundle, 'utf8'),
          '=> invocation.put(stateKey(contract, key), value)',
          '=> invocation.put(stateKey(contract, key), value.replace(\'"value":\', \'"value":9\'))',
        );
        writeFileSync(`${bundle}.altered.mjs`, altered);
        const run = promisify(execFile)(process.execPath, [`${bundle}.altered.mjs`], {
          env: honest?.environment ?? {},
        });
        await expect(run).rejects.toMatchObject({
          code: 2,
          stderr: expect.stringContaining('install the approved release'),
        });
        writeFileSync(`${bundle}.forced.mjs`, alter(altered, 'if (refusal !== void 0) stop(refusal);', ''));
        const forced = specs.map((spec) =>
          spec === honest ? { ...spec, args: [`${bundle}.forced.mjs`] } : spec,
        );
        await supervisor.keepExactly(forced);
        try {
          const mallory = lawless(fabric().profile('aurora', profile.chaincode));
          const { height } = await network.ledger('st-mary').submit(set());
          const { args } = set();
          const text = requestText({ ...set(args), time: new Date().toISOString(), height: height + 1 });
          const alone = await expect
            .poll(() => mallory.endorsed(text, ['aurora']), { timeout: 60_000 })
            .toBeDefined()
            .then(() => mallory.endorsed(text, ['aurora']));
          await expect(mallory.endorsed(text, ['aurora', 'lakeside', 'meridian'])).rejects.toThrow();
          await alone.order();
          const ledger = network.ledger('st-mary');
          expect(await validity(ledger, height, [alone.id])).toEqual([false]);
          expect(await ledger.query('counter', 'get', { id: args.id })).toBeNull();
          mallory.close();
          // Three honest organisations of four go on.
          expect((await insist(ledger, set(args))).duplicate).toBe(false);
          expect(await ledger.query('counter', 'get', { id: args.id })).toMatchObject({ value: 1 });
        } finally {
          await supervisor.keepExactly(specs);
        }
      },
      LONG_MS,
    );
  });
}

/** A text with one place changed; throws when the place is not there exactly once. */
function alter(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`${from} is not there once`);
  return text.replace(from, () => to);
}
