import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { nativePrimitives, randomId } from '../src/crypto/index.ts';
import { type Ledger, openFabricEngine } from '../src/ledger/index.ts';
import { Anchoring } from '../src/log/index.ts';
import { FOUR, TEST_LEDGER, TestNetwork } from '../src/log/suite/network.ts';
import {
  canonicalize,
  type Event,
  entryCommitment,
  parsePolicy,
  toBase64,
  verifyReceipt,
} from '../src/proof/index.ts';
import { benchNetwork } from './ledger/network.ts';
import { writeResult } from './machine.ts';

// Facts proven in a second on a running four-organisation Fabric network: through a log whose head is cosigned by the other members and
// anchored on the ledger, against the same facts as one Fabric transaction each. Orderers, peers, chaincode and witnesses share the
// machine with the driver. A fact counts when the anchor that covers it is final. Its opening (event and salt) is stored in the same
// transaction as its entry, unsealed: what sealing costs is in the log's own benchmark.

const FACTS = Number(process.argv[2] ?? 60_000); // some ten seconds
const BATCH = 256; // requests that share a group commit
const ALONE = Number(process.argv[3] ?? 400); // a few seconds
const WRITERS = 64; // clients at once, for the transactions
const SAMPLE = 100; // receipts that are built and verified
const ORGANISATION = 'st-mary';

/** A fact and its opening. */
interface Fact {
  readonly event: Event;
  readonly salt: Uint8Array;
}

function fact(height: number, block: string): Fact {
  const id = randomId();
  const event: Event = {
    v: 1,
    id,
    kind: 'fhir.access',
    time: new Date().toISOString(),
    organisation: ORGANISATION,
    actor: 'bench',
    object: `AuditEvent/${id}/_history/1`,
    height,
    block,
  };
  return { event, salt: randomBytes(32) };
}

async function throughLog(members: TestNetwork, ledger: Ledger, head: { height: number; block: string }) {
  const { database, log, alarms } = members.member(ORGANISATION);
  database.exec(
    'CREATE TABLE opening (leaf INTEGER PRIMARY KEY, event TEXT NOT NULL, salt BLOB NOT NULL) STRICT',
  );
  const policy = () => parsePolicy(members.logPolicy(ORGANISATION));
  const anchoring = new Anchoring({ log, ledger, alarms, policy });
  const start = performance.now();
  let anchors = 0;
  let anchored = Promise.resolve();
  for (let done = 0; done < FACTS; done += BATCH) {
    const facts = Array.from({ length: Math.min(BATCH, FACTS - done) }, () => fact(head.height, head.block));
    database.transaction(() => {
      const first = log.append(facts.map(({ event, salt }) => entryCommitment(salt, event)));
      const insert = database.prepare('INSERT INTO opening (leaf, event, salt) VALUES (?, ?, ?)');
      for (const [i, { event, salt }] of facts.entries()) insert.run(first + i, canonicalize(event), salt);
    });
    // As a node does: other work goes on, and a publication and anchor follow whenever the last is done.
    if (done % (BATCH * 40) === 0)
      anchored = anchored.then(async () => {
        await anchoring.anchorIfNew();
        anchors++;
      });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await anchored;
  const last = await anchoring.anchorNow();
  assert.equal(last?.size, FACTS, 'every fact is covered by a final anchor');
  return { ms: performance.now() - start, anchors: anchors + 1 };
}

/** Receipts of a sample, verified under the log's policy: what was counted is what an outsider accepts. */
async function verifySample(members: TestNetwork): Promise<number> {
  const { database, log } = members.member(ORGANISATION);
  const policies = [members.logPolicy(ORGANISATION)];
  let verified = 0;
  for (let i = 0; i < SAMPLE; i++) {
    const leaf = Math.floor((i * FACTS) / SAMPLE);
    const row = database
      .prepare('SELECT event, salt FROM opening WHERE leaf = ?')
      .get<{ event: string; salt: Uint8Array }>(leaf);
    assert.ok(row !== undefined);
    const proof = await log.proofFor(leaf, { waitMs: 0 });
    const receipt = { version: 1, event: JSON.parse(row.event) as Event, salt: toBase64(row.salt), proof };
    const verdict = verifyReceipt(JSON.stringify(receipt), { policies, primitives: nativePrimitives });
    assert.ok(verdict.ok, JSON.stringify(verdict));
    verified++;
  }
  return verified;
}

async function oneByOne(
  ledger: Ledger,
  head: { height: number; block: string },
  facts: number,
): Promise<number> {
  let next = 0;
  const start = performance.now();
  const writer = async () => {
    while (next++ < facts) {
      const { event, salt } = fact(head.height, head.block);
      const entry = toBase64(entryCommitment(salt, event));
      await ledger.submit({ contract: 'facts', name: 'record', args: { id: event.id, entry } });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return performance.now() - start;
}

const members = new TestNetwork({ organisations: FOUR, files: true });
members.member(ORGANISATION).database.exec('PRAGMA synchronous = FULL');
const { network, end } = await benchNetwork();
const engine = await openFabricEngine({ profile: network.profile(ORGANISATION) });
try {
  const ledger = engine.connect({ role: 'node' });
  const begun = await ledger.submit({
    contract: 'membership',
    name: 'genesis',
    args: { ledger: TEST_LEDGER },
  });
  const head = { height: begun.height, block: begun.block };
  await oneByOne(ledger, head, WRITERS); // connections and code are warm
  const aloneMs = await oneByOne(ledger, head, ALONE);
  const { ms, anchors } = await throughLog(members, ledger, head);
  const verified = await verifySample(members);
  const [together, alone] = [(FACTS * 1_000) / ms, (ALONE * 1_000) / aloneMs];
  const result = {
    what: 'facts proven per second on a running four-organisation Fabric network, driver and witnesses on the same machine',
    throughLogAndAnchors: { facts: FACTS, ms: Math.round(ms), anchors, perSecond: Math.round(together) },
    oneTransactionEach: {
      facts: ALONE,
      clients: WRITERS,
      ms: Math.round(aloneMs),
      perSecond: Number(alone.toFixed(1)),
    },
    ratio: Number((together / alone).toFixed(1)),
    target: { ratio: 50, aim: 150 },
    receiptsVerified: verified,
    loadAverage: loadavg().map((load) => Number(load.toFixed(1))),
  };
  writeResult('ledger', result);
  console.log(JSON.stringify(result, null, 2));
} finally {
  await engine.close();
  await end();
  members.close();
}
