import { statSync } from 'node:fs';
import { accessEvent } from '../src/audit/index.ts';
import { randomId } from '../src/crypto/index.ts';
import type { Database } from '../src/database/index.ts';
import type { Principal } from '../src/identity/index.ts';
import type { Vault } from '../src/vault/index.ts';
import { openStorage } from '../src/vault/suite/index.ts';
import { writeResult } from './machine.ts';

// How many entries of FHIR reads become durable in a second: for each the AuditEvent, its commitment in the log, its sealed
// opening and its index rows. Many writers that share transactions, against the same entries in a transaction each.
// On real files, synchronous=FULL; the making of the AuditEvents is included.

const WRITERS = 256; // as the target says
const ENTRIES = 150_000; // about ten seconds
const ALONE = 3_000; // entries in a transaction each: a few seconds
const WARM_UP = 10_000; // entries before the clock starts
const PATIENTS = 200; // a small hospital's day
const RESOURCES = 15_000; // as many as the search benchmark has
const USERS = 16; // as many as there are connections
const ORGANISATION = 'st-mary';
const TABLES = ['vault_pages', 'vault_leaves', 'vault_moments', 'vault_spans', 'log_bundles'];

const ids = (count: number) => Array.from({ length: count }, () => randomId());
const [patients, resources, users] = [ids(PATIENTS), ids(RESOURCES), ids(USERS)];

/** Of the data with nothing left in the write-ahead log, in bytes. */
function sizeOf(database: Database): number {
  database.checkpoint();
  return statSync(database.path).size;
}

const principals = users.map((id) => ({
  organisation: ORGANISATION,
  actorOrganisation: ORGANISATION,
  kind: 'client',
  id,
  purposes: ['TREAT'],
  tokenId: randomId(),
})) as unknown as Principal[];

function readOf(number: number) {
  return accessEvent({
    organisation: ORGANISATION,
    time: new Date(),
    requestId: randomId(),
    principal: principals[number % USERS],
    action: 'R',
    subtype: 'read',
    type: 'Observation',
    status: 200,
    patients: [patients[(number * 7919) % PATIENTS] ?? ''],
    objects: [`Observation/${resources[(number * 104_729) % RESOURCES]}/_history/1`],
    consents: [],
  });
}

interface Written {
  /** Milliseconds of each entry, sorted. */
  readonly latencies: Float64Array;
  readonly ms: number;
  readonly processorMs: number;
}

/** Each writer waits for its entry before it makes the next. */
async function write(vault: Vault, writers: number, entries: number): Promise<Written> {
  const latencies = new Float64Array(entries);
  let next = 0;
  const processor = process.cpuUsage();
  const start = performance.now();
  const writer = async () => {
    while (next < entries) {
      const number = next;
      next += 1;
      const before = performance.now();
      await vault.commit({ audits: [readOf(number)] });
      latencies[number] = performance.now() - before;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { latencies: latencies.sort(), ms, processorMs: (user + system) / 1_000 };
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

function figures({ latencies, ms, processorMs }: Written) {
  const percentile = (part: number) => round(latencies[Math.floor((latencies.length - 1) * part)] ?? 0);
  return {
    entries: latencies.length,
    perSecond: Math.round((latencies.length * 1_000) / ms),
    usPerEntry: round((ms * 1_000) / latencies.length),
    processorUsPerEntry: round((processorMs * 1_000) / latencies.length),
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    maxMs: percentile(1),
  };
}

function rowsIn(database: Database): number[] {
  return TABLES.map((table) => {
    return database.prepare(`SELECT count(*) AS n FROM ${table}`).get<{ n: number }>()?.n ?? 0;
  });
}

const bench = await openStorage({
  organisation: ORGANISATION,
  passphrase: 'bench',
  ledgerHead: () => ({ height: 17, block: 'a'.repeat(64) }),
});
await write(bench.vault, WRITERS, WARM_UP);
const alone = figures(await write(bench.vault, 1, ALONE));
const before = { size: sizeOf(bench.database), rows: rowsIn(bench.database) };
const together = figures(await write(bench.vault, WRITERS, ENTRIES));
const after = { size: sizeOf(bench.database), rows: rowsIn(bench.database) };
await bench.remove();

const rows = TABLES.map((table, at) => [
  table,
  round(((after.rows[at] ?? 0) - (before.rows[at] ?? 0)) / ENTRIES, 4),
]);
const result = {
  what: 'entries of FHIR reads that become durable in a second, files with synchronous=FULL',
  writers: WRITERS,
  together,
  alone,
  ratio: round(together.perSecond / alone.perSecond),
  target: { ratio: 3, p99Ms: 50, aimPerSecond: 15_000 },
  bytesPerEntry: round((after.size - before.size) / ENTRIES, 1),
  // A row of leaves or moments holds the values of many entries.
  rowsPerEntry: Object.fromEntries(rows),
};
writeResult('log', result);
console.log(JSON.stringify(result, null, 2));
console.table({ [`${WRITERS} writers`]: together, 'a transaction each': alone });
