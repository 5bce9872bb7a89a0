import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSignedCheckpoint, toBase64 } from '../../../src/proof/index.ts';
import { type Anchor, forgedCosigning, memberLedger } from '../../fabric/harness/dishonest-member.ts';
import { patientAt } from '../../journeys/harness/demo.ts';
import { send } from '../../journeys/harness/http.ts';
import { until } from '../../journeys/harness/until.ts';
import { type FaultNetwork, faultNetwork, kill, networkOf, replaced, underLoad } from './fault-network.ts';
import { blocksFrom, heightAt } from './ledgers.ts';
import { describeOnFabric } from './on-fabric.ts';
import { pidOf } from './processes.ts';

/** What an organisation whose code was altered submits, and what a member whose log was rolled back shows. */
describeOnFabric('an organisation that does not keep to the rules', () => {
  let network: FaultNetwork;
  beforeAll(async () => {
    network = await faultNetwork();
  }, 400_000);
  afterAll(() => network?.node.stop(), 120_000);

  test('altered contract code at one organisation: nothing that it endorsed commits, the others go on', async () => {
    const { node } = network;
    const patient = await patientAt(node, 'st-mary');
    const outcome = await underLoad(network, 'altered contract code at one organisation', async () => {
      const bundle = bundleOf(network);
      const honest = readFileSync(bundle, 'utf8');
      // Every value written is another, and the check of the approved hash is taken out: a program that its owner altered.
      const altered = alter(
        alter(
          honest,
          '=> invocation.put(stateKey(contract, key), value)',
          '=> invocation.put(stateKey(contract, key), value.replace(\'"v":1\', \'"v":1,"z":1\'))',
        ),
        'if (refusal !== void 0) stop(refusal);',
        '',
      );
      const before = await heightAt(node.organisation('lakeside').port);
      writeFileSync(bundle, altered);
      try {
        const [pid = 0] = kill(network, 'chaincode.aurora');
        await replaced(network, 'chaincode.aurora', pid);
        // Its own submissions are endorsed by its own peer first, and by nobody else in the same words.
        const asked = {
          patient: patient.at('st-mary'),
          custodian: 'st-mary',
          grantee: 'lakeside',
          linked: false,
        };
        const grant = patient.device.grant(asked);
        const granted = await until('the hospital goes on', async () => {
          const answer = await patient.device.send(grant, node.organisation('st-mary'));
          return answer.status === 201 ? answer : undefined;
        });
        expect(granted.status).toBe(201);
        const revoked = await patient.device.revoke(grant, node.organisation('aurora'));
        expect([200, 201]).not.toContain(revoked.status);
        const mine = (await blocksFrom(node.organisation('lakeside').port, before))
          .flatMap(({ transactions }) => transactions)
          .filter(({ submitter, valid }) => submitter.organisation === 'aurora' && valid);
        expect(mine).toEqual([]);
      } finally {
        writeFileSync(bundle, honest);
        const [pid = 0] = kill(network, 'chaincode.aurora');
        await replaced(network, 'chaincode.aurora', pid);
      }
      return 'its own submissions are refused by the other organisations; the three others go on';
    });
    expect(outcome).toMatchObject({ lost: [], forks: [] });
  }, 300_000);

  test('a rolled-back log is refused on the ledger, and raised as an alarm by the witnesses', async () => {
    const { node } = network;
    const outcome = await underLoad(network, 'a rolled-back checkpoint is submitted', async () => {
      const profile = join(networkOf(network), 'organisations', 'st-mary', 'connection.json');
      const engine = await memberLedger(profile);
      try {
        const ledger = engine.connect({ role: 'node' });
        const origin = parseSignedCheckpoint((await node.send('/orgs/st-mary/log/checkpoint')).text)
          .checkpoint.origin;
        const history = async () =>
          (await ledger.query('anchors', 'history', { origin, from: 0 })) as Anchor[];
        type Head = Pick<Anchor, 'size' | 'root'>;
        /** Submits a head after the newest anchor, again where an honest one came in between; what it is refused for. */
        const refusal = async (
          of: (anchors: Anchor[]) => [head: Head, signedAs: Anchor],
        ): Promise<string> => {
          for (;;) {
            const anchors = await history();
            const newest = anchors.at(-1);
            if (newest === undefined) throw new Error('nothing was anchored yet');
            const [{ size, root }, { signature, cosignatures }] = of(anchors);
            const { generation, policy } = newest;
            const sequence = newest.sequence + 1;
            const args = {
              generation,
              sequence,
              size,
              root,
              consistency: [],
              signature,
              cosignatures,
              policy,
            };
            const refused = await ledger.submit({ contract: 'anchors', name: 'append', args }).then(
              () => 'taken',
              ({ code, reason }) => `${code}/${reason}`,
            );
            if (refused !== 'conflict/sequence') return refused;
          }
        };
        const first = (anchors: Anchor[]): Anchor => anchors[0] as Anchor;
        const last = (anchors: Anchor[]): Anchor => anchors.at(-1) as Anchor;
        // The head of an earlier day, with everybody's genuine signatures; then a history that went on from there otherwise.
        expect(await refusal((anchors) => [first(anchors), first(anchors)])).toBe('rejected/not-newer');
        const otherRoot = toBase64(new Uint8Array(32).fill(7));
        const beyond = (anchors: Anchor[]): [Head, Anchor] => [
          { size: last(anchors).size + 50, root: otherRoot },
          last(anchors),
        ];
        expect(await refusal(beyond)).toBe('rejected/inconsistent');
        const regrown = { size: last(await history()).size, root: otherRoot };
        const body = await forgedCosigning(node.dataOf('st-mary'), 'st-mary', origin, regrown);
        for (const witness of ['lakeside', 'meridian', 'aurora']) {
          const answer = await node
            .organisation(witness)
            .send('/log/add-checkpoint', { method: 'POST', body });
          expect([witness, [409, 422].includes(answer.status)]).toEqual([witness, true]);
          const ready = await send(node.organisation(witness).port, '/ready');
          expect(JSON.stringify(ready.json.warnings)).toContain(`about ${origin} at size ${regrown.size}`);
        }
      } finally {
        await engine.close();
      }
      return 'refused as not-newer and inconsistent; an alarm at each of the three witnesses';
    });
    expect(outcome).toMatchObject({ lost: [], forks: [] });
  }, 300_000);
});

/** The file that the chaincode processes run. */
function bundleOf(network: FaultNetwork): string {
  const line = readFileSync(`/proc/${pidOf(networkOf(network), 'chaincode.aurora')}/cmdline`, 'utf8');
  return line.split('\0').findLast((each) => each.endsWith('.mjs')) ?? '';
}

/** A text with one place changed; throws when the place is not there exactly once. */
function alter(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`${from} is not there once`);
  return text.replace(from, () => to);
}
