/**
 * `bench revocation`: on a running four-organisation Fabric network, the time from handing a revocation in at one organisation until
 * every other enforces it; alone, and under other traffic. And the resident memory of each process after it.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FabricEngine, type Ledger, openFabricEngine } from '../src/ledger/index.ts';
import { listenerAt } from '../test/faults/fabric/process-of-socket.ts';
import { processesOf, processorMs, residentMiB } from '../test/faults/fabric/processes.ts';
import { type DemoPatient, patientAt } from '../test/journeys/harness/demo.ts';
import { send } from '../test/journeys/harness/http.ts';
import { outcomesOf } from '../test/journeys/harness/network-bundle.ts';
import { type RunningNode, startNode } from '../test/journeys/harness/running-node.ts';
import { until } from '../test/journeys/harness/until.ts';
import { independentGrant } from './ledger/independent-grant.ts';
import { median, writeResult } from './machine.ts';

const ROUNDS = Number(process.argv[2] ?? 100);
const OTHER_PER_SECOND = 50; // as the target says
/** As exact as each figure needs to be: under traffic, looking oftener would be traffic itself. */
const LOOK_MS = { alone: 25, loaded: 100 };
const FINAL_MS = 60_000; // what is slower than this is a fault
const SETTLE_MS = 3_000; // the traffic's first blocks are through
const CUSTODIAN = 'st-mary';
const GRANTEE = 'lakeside';
/** Where revocations are handed in: neither custodian nor grantee. */
const RECEIVER = 'meridian';

/** When the node of an organisation had which height. A node's height counts a block once the consent register has taken it. */
class Watch {
  readonly #seen: { readonly height: number; readonly atMs: number }[] = [];
  #isEnded = false;
  readonly #looking: Promise<void>;

  constructor(port: number, everyMs: number) {
    this.#looking = this.#look(port, everyMs);
  }

  async #look(port: number, everyMs: number): Promise<void> {
    while (!this.#isEnded) {
      const answer = await send(port, '/.well-known/holdfast').catch(() => undefined);
      if (answer?.status === 200)
        this.#seen.push({ height: answer.json.ledger.height, atMs: performance.now() });
      await pause(everyMs);
    }
  }

  /** When the height was there; rejects after ten seconds. */
  reached(height: number): Promise<number> {
    return until(`height ${height}`, () => this.#seen.find((each) => each.height >= height)?.atMs, 10_000);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#looking;
  }
}

const record = async (node: RunningNode, patient: DemoPatient) => {
  const path = `Patient/${patient.at(GRANTEE)}/$network-everything`;
  return outcomesOf((await node.organisation(GRANTEE).fhir('GET', path)).json)[CUSTODIAN];
};

/** Whether the custodian lists a grant as active. */
async function isActive(node: RunningNode, patient: DemoPatient, id: string): Promise<boolean> {
  const path = `/consents?patient=${patient.at(CUSTODIAN)}`;
  const { consents } = (await node.organisation(CUSTODIAN).call('GET', path)).json;
  return consents.some((each: { id: string; status: string }) => each.id === id && each.status === 'active');
}

/** One revocation: milliseconds until the last of the other organisations enforces it. */
async function revoke(
  node: RunningNode,
  patient: DemoPatient,
  { isChecked, lookMs }: { isChecked: boolean; lookMs: number },
): Promise<number> {
  const grant = patient.device.grant({
    patient: patient.at(CUSTODIAN),
    custodian: CUSTODIAN,
    grantee: GRANTEE,
  });
  const granted = await patient.device.send(grant, node.organisation(CUSTODIAN));
  // Accepted, and not final within what a request waits: under traffic that is no fault.
  if (granted.status === 202)
    await until('the grant is final', () => isActive(node, patient, grant.id), FINAL_MS);
  else if (granted.status !== 201) throw new Error(`no grant: ${granted.status} ${granted.text}`);
  if (isChecked) await until('the grant works', async () => (await record(node, patient)) === 'complete');
  const others = node.organisations.filter((id) => id !== RECEIVER);
  const watches = others.map((id) => new Watch(node.organisation(id).port, lookMs));
  const startMs = performance.now();
  // The receiver may not have the block of the grant yet, a moment ago, or answer that it is not final yet: it is asked again, and the
  // time counts.
  const answer = await until(
    'the revocation is final',
    async () => {
      const given = await patient.device.revoke(grant, node.organisation(RECEIVER));
      return given.status === 404 || given.status === 202 ? undefined : given;
    },
    FINAL_MS,
  );
  if (answer.status !== 200) throw new Error(`not revoked: ${answer.status} ${answer.text}`);
  const reached = await Promise.all(watches.map((watch) => watch.reached(answer.json.height)));
  await Promise.all(watches.map((watch) => watch.end()));
  // What the height promises is what is done.
  if (isChecked && (await record(node, patient)) !== 'not-permitted')
    throw new Error('a record was released after the revocation was in force');
  return Math.max(...reached) - startMs;
}

async function rounds(node: RunningNode, patient: DemoPatient, lookMs: number) {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    took.push(await revoke(node, patient, { isChecked: round % 20 === 0, lookMs }));
    console.error(`${round + 1} of ${ROUNDS}: ${Math.round(took.at(-1) ?? 0)} ms`);
  }
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  const tookMs = took.map((ms) => Math.round(ms));
  return { revocations: ROUNDS, medianMs: Math.round(median(took)), p99Ms: at(0.99), maxMs: at(1), tookMs };
}

/**
 * Other transactions at a steady rate, shared out among all organisations; ends with how many there were a second. What still waits then
 * was more than the machine could take: it is not waited for.
 */
function traffic(ledgers: readonly Ledger[]) {
  const startMs = performance.now();
  let sent = 0;
  let committed = 0;
  let failed = 0;
  const reasons = new Set<string>();
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) * OTHER_PER_SECOND) / 1000;
    for (; sent < due; sent++) {
      const ledger = ledgers[sent % ledgers.length];
      if (ledger === undefined) return;
      ledger
        .submit(independentGrant())
        .then(() => committed++)
        .catch((error) => {
          failed++;
          reasons.add(String(error));
        });
    }
  }, 20);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - startMs) / 1000;
    for (const reason of reasons) console.error(reason);
    return {
      sent,
      committed,
      committedPerSecond: Number((committed / seconds).toFixed(1)),
      failed,
      waiting: sent - committed - failed,
    };
  };
}

/** Every process of the network by name, but the one that only starts others. */
function processes(node: RunningNode, network: string): (readonly [name: string, pid: number])[] {
  const nodes = node.organisations.map(
    (id) => [`node.${id}`, listenerAt(node.organisation(id).port) ?? 0] as const,
  );
  return [...processesOf(network), ...nodes].filter(([name]) => name !== 'supervisor');
}

/** Processor time that each takes from now on, in milliseconds, and this process as `driver`. */
function meter(named: readonly (readonly [string, number])[]): () => Record<string, number> {
  const before = new Map(named.map(([name, pid]) => [name, processorMs(pid)]));
  const own = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(own);
    const each = named.map(([name, pid]) => [name, processorMs(pid) - (before.get(name) ?? 0)]);
    return { driver: (user + system) / 1000, ...Object.fromEntries(each) };
  };
}

/** A figure of each process. */
const ofEach = (named: readonly (readonly [string, number])[], figure: (pid: number) => number | undefined) =>
  Object.fromEntries(named.map(([name, pid]) => [name, figure(pid) ?? 0]));

const node = await startNode({ engine: 'fabric', patients: 8, own: true });
const engines: FabricEngine[] = [];
try {
  const network = node.network ?? '';
  for (const id of node.organisations) {
    const profile = join(network, 'organisations', id, 'connection.json');
    engines.push(await openFabricEngine({ profile }));
  }
  const patient = await patientAt(node, CUSTODIAN, GRANTEE);
  await revoke(node, patient, { isChecked: true, lookMs: LOOK_MS.alone }); // connections and code are warm
  await pause(SETTLE_MS);
  const alone = await rounds(node, patient, LOOK_MS.alone);
  console.error(`alone: ${JSON.stringify(alone)}`);
  const all = processes(node, network);
  const used = meter(all);
  const end = traffic(engines.map((engine) => engine.connect({ role: 'node' })));
  await pause(SETTLE_MS);
  const loaded = await rounds(node, patient, LOOK_MS.loaded).catch((error) => {
    end();
    throw error;
  });
  const other = end();
  const transactions = other.committed + 2 * ROUNDS;
  const perTransaction = Object.entries(used()).map(([name, ms]) => [
    name,
    Number((ms / transactions).toFixed(1)),
  ]);
  const memory = ofEach(all, residentMiB);
  const result = {
    what: 'from handing a revocation in at one organisation until the last of the others enforces it; all processes on this machine',
    alone,
    underTraffic: { ...loaded, asked: OTHER_PER_SECOND, ...other },
    target: { aloneMedianMs: 1_000, aloneP99Ms: 3_000, underTrafficP99Ms: 5_000 },
    processorMsPerTransaction: Object.fromEntries(perTransaction),
    memoryMiB: { total: Object.values(memory).reduce((sum, each) => sum + each, 0), ...memory },
  };
  writeResult('revocation', result);
  console.log(JSON.stringify(result, null, 2));
} catch (error) {
  // Said before the network is stopped, which takes a while.
  console.error(error);
  process.exitCode = 1;
} finally {
  await Promise.all(engines.map((engine) => engine.close()));
  await node.stop();
}
