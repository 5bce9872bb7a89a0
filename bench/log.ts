import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { accessEvent } from '../src/audit/index.ts';
import { randomId } from '../src/crypto/index.ts';
import { type Database, openDatabase } from '../src/database/index.ts';
import type { Principal } from '../src/identity/index.ts';
import { logMigrations, openLog } from '../src/log/index.ts';
import {
  keyStoreMigrations,
  openKeyring,
  openVault,
  type Vault,
  vaultMigrations,
} from '../src/vault/index.ts';

// How many entries of FHIR reads become durable in a second: for each the AuditEvent, its commitment in the log, its sealed
// opening and its index rows. Many writers that share transactions, against the same entries in a transaction each.
// On real files, synchronous=FULL; the making of the AuditEvents is included.

const WRITERS = 256; // as the target says
const ENTRIES = Number(process.env.ENTRIES ?? 150_000); // about ten seconds
const ALONE = Number(process.env.ALONE ?? 3_000); // entries in a transaction each: a second or two
const WARM_UP = Number(process.env.WARM ?? 10_000); // entries before the clock starts
const PATIENTS = 200; // a small hospital's day
const RESOURCES = 15_000; // as many as the search benchmark has
const USERS = 16; // as many as there are connections
const ORGANISATION = 'st-mary';
const TABLES = [
  'vault_pages',
  'vault_names',
  'vault_postings',
  'vault_audit_postings',
  'vault_audit_buckets',
  'vault_spans',
  'vault_zones',
  'vault_moments',
  'log_bundles',
];

const ids = (count: number) => Array.from({ length: count }, () => randomId());
const [patients, resources, users] = [ids(PATIENTS), ids(RESOURCES), ids(USERS)];

interface Bench {
  readonly vault: Vault;
  readonly database: Database;
  readonly size: () => number;
  readonly close: () => Promise<void>;
}

async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const path = join(folder, 'data.db');
  const database = openDatabase({ path, migrations: [...logMigrations, ...vaultMigrations] });
  const keyStore = openDatabase({
    path: join(folder, 'keys.db'),
    migrations: keyStoreMigrations,
    secureDelete: true,
  });
  const vault = await openVault({
    database,
    keyStore,
    log: openLog({ database, origin: `holdfast.local/orgs/${ORGANISATION}`, organisation: ORGANISATION }),
    organisation: ORGANISATION,
    keyManagement: openKeyring(join(folder, 'keyring'), 'bench', { costLog2: 15 }),
    ledgerHead: () => ({ height: 17, block: 'a'.repeat(64) }),
    now: () => new Date(),
  });
  const size = () => {
    database.checkpoint();
    return statSync(path).size;
  };
  const close = async () => {
    await vault.close();
    database.close();
    keyStore.close();
    rmSync(folder, { recursive: true });
  };
  return { vault, database, size, close };
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

/** Each writer waits for its entry before it makes the next. Returns every latency in milliseconds, and the time of all. */
async function write(
  vault: Vault,
  writers: number,
  entries: number,
): Promise<{ latencies: Float64Array; ms: number }> {
  const latencies = new Float64Array(entries);
  let next = 0;
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
  return { latencies: latencies.sort(), ms: performance.now() - start };
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits));
const percentile = (sorted: Float64Array, part: number) =>
  round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);

function figures({ latencies, ms }: { latencies: Float64Array; ms: number }) {
  return {
    entries: latencies.length,
    perSecond: Math.round((latencies.length * 1000) / ms),
    usPerEntry: round((ms * 1000) / latencies.length),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: round(latencies.at(-1) ?? 0),
  };
}

function rowsIn(database: Database): Record<string, number> {
  return Object.fromEntries(
    TABLES.map((table) => [
      table,
      database.prepare(`SELECT count(*) AS n FROM ${table}`).get<{ n: number }>()?.n ?? 0,
    ]),
  );
}

const bench = await openBench();
await write(bench.vault, WRITERS, WARM_UP);
const alone = figures(await write(bench.vault, 1, ALONE));
const before = { size: bench.size(), rows: rowsIn(bench.database) };
const together = figures(await write(bench.vault, WRITERS, ENTRIES));
const after = { size: bench.size(), rows: rowsIn(bench.database) };
await bench.close();

const rows = Object.fromEntries(
  TABLES.map((table) => [table, round(((after.rows[table] ?? 0) - (before.rows[table] ?? 0)) / ENTRIES, 3)]),
);
const result = {
  bench: 'log',
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    memoryGiB: round(totalmem() / 2 ** 30, 1),
    node: process.version,
  },
  writers: WRITERS,
  together,
  alone,
  ratio: round(together.perSecond / alone.perSecond),
  bytesPerEntry: round((after.size - before.size) / ENTRIES, 1),
  rowsPerEntry: {
    ...rows,
    all: round(
      Object.values(rows).reduce((sum, value) => sum + value, 0),
      2,
    ),
  },
};
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `log-${result.date.slice(0, 10)}.json`), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, 2));
console.table({ [`${WRITERS} writers`]: together, 'a transaction each': alone });
