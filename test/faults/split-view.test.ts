import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cosign,
  entryCommitment,
  formatLogPolicy,
  formatNetworkPolicy,
  formatReceipt,
  fromBase64,
  parseSignedCheckpoint,
  signCheckpoint,
  toBase64,
} from '../../src/proof/index.ts';
import {
  bytesFor,
  eventOf,
  FIRST_COSIGNATURE,
  LEDGER,
  logSigner,
  MemoryLog,
  member,
  witnessSigner,
} from '../interop/network.ts';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import { judge, networkPolicy } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';

const MALICIOUS = 'st-mary';
const MEMBERS = ['aurora', 'lakeside', 'meridian', 'st-mary'];
const folder = temporaryFolder('split-view');
const content = { ledger: LEDGER, version: 1, members: MEMBERS.map(member) };
const policies = { log: formatLogPolicy(content, MALICIOUS), network: formatNetworkPolicy(content) };
mkdirSync(join(folder, 'policies'));
for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, 'policies', name), text);

/** The malicious member's history for one victim: its head signed by it, and cosigned by whom it shows it to and by itself. */
async function history(name: string, cosigners: readonly string[]): Promise<string> {
  const log = new MemoryLog();
  const events = Array.from({ length: 9 }, (_, n) => eventOf(MALICIOUS, n, { actor: n < 5 ? 'same' : name }));
  for (const [n, event] of events.entries()) log.append(entryCommitment(bytesFor(`salt ${n}`), event));
  const text = log.checkpointText(logSigner(MALICIOUS).name);
  let note = await signCheckpoint(text, logSigner(MALICIOUS));
  for (const [index, witness] of cosigners.entries())
    note += await cosign(text, FIRST_COSIGNATURE + index, witnessSigner(witness));
  const event = events[7] ?? eventOf(MALICIOUS, 7);
  const receipt = {
    version: 1 as const,
    event,
    salt: toBase64(bytesFor('salt 7')),
    proof: log.proof(7, note),
  };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, formatReceipt(receipt));
  return path;
}

const verify = (file: string, policy: keyof typeof policies) =>
  holdfast(['verify', file, '--policy', join(folder, 'policies', policy), '--json']);

describe('a member that shows two victims two histories and cosigns both itself', () => {
  test('is believed by neither, under the policy of its log nor under that of the network', async () => {
    const shown = [
      await history('to-lakeside', ['lakeside', MALICIOUS]),
      await history('to-meridian', ['meridian', MALICIOUS]),
    ];
    for (const file of shown) {
      for (const policy of ['log', 'network'] as const) {
        const ran = await verify(file, policy);
        expect([policy, ran.code]).toEqual([policy, 1]);
        expect(ran.stdout).toContain('quorum-missing');
      }
    }
  });

  test('would need a second accomplice: two honest witnesses are a quorum', async () => {
    const honest = await history('honest', ['lakeside', 'meridian']);
    for (const policy of ['log', 'network'] as const) expect((await verify(honest, policy)).code).toBe(0);
  });
});

describe('a member that goes on from an old copy of its log', () => {
  let honest: RunningNode;
  let forked: RunningNode;
  beforeAll(async () => {
    const first = await startNode({ patients: 1, data: join(folder, 'honest') });
    await first.organisation(MALICIOUS).create({ resourceType: 'Basic', code: { text: 'common' } });
    await first.stop();
    cpSync(join(folder, 'honest'), join(folder, 'forked'), { recursive: true });
    [honest, forked] = await Promise.all([
      startNode({ patients: 1, data: join(folder, 'honest') }),
      startNode({ patients: 1, data: join(folder, 'forked') }),
    ]);
  });
  afterAll(async () => {
    await honest?.stop();
    await forked?.stop();
  });

  test('gets no cosignature for the second history from anybody who saw the first', async () => {
    const seen = await honest
      .organisation(MALICIOUS)
      .create({ resourceType: 'Basic', code: { text: 'as lakeside saw it' } });
    await honest.organisation(MALICIOUS).receipt(`Basic/${seen.id}`);
    const other = await forked
      .organisation(MALICIOUS)
      .create({ resourceType: 'Basic', code: { text: 'another story' } });
    const receipt = await forked.organisation(MALICIOUS).receipt(`Basic/${other.id}`);
    const { text: note } = await forked.send(`/orgs/${MALICIOUS}/log/checkpoint`);
    // Signed by the member's own key: only the history is wrong.
    expect(judge(receipt, [await networkPolicy(honest.port)]).ok).toBe(true);
    for (const victim of ['lakeside', 'meridian', 'aurora']) {
      const { checkpoint } = parseSignedCheckpoint(
        (await honest.send(`/orgs/${MALICIOUS}/log/checkpoint`)).text,
      );
      for (const old of [0, Number(checkpoint.size), Number(parseSignedCheckpoint(note).checkpoint.size)]) {
        const answer = await honest.send(`/orgs/${victim}/log/add-checkpoint`, {
          method: 'POST',
          body: `old ${old}\n\n${note}`,
        });
        expect([victim, old, [409, 422, 400].includes(answer.status)]).toEqual([victim, old, true]);
      }
    }
  });

  test('cannot renew a receipt of the second history anywhere', async () => {
    const other = await forked
      .organisation(MALICIOUS)
      .create({ resourceType: 'Basic', code: { text: 'renew this' } });
    const { proof, salt, event } = await forked.organisation(MALICIOUS).receipt(`Basic/${other.id}`);
    const leaf = toBase64(entryCommitment(fromBase64(salt), event));
    for (const organisation of MEMBERS) {
      const answer = await honest.send(`/orgs/${organisation}/log/renew`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ leaf, proof }),
      });
      expect([organisation, [422, 503].includes(answer.status)]).toEqual([organisation, true]);
    }
  });
});
