import type { Tombstone } from '../erasure/tombstone.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import type { ResourceRow } from '../storage/rows.ts';
import { checkEntries } from './check-entries.ts';
import { checkKeys } from './check-keys.ts';
import { checkVersions } from './check-versions.ts';
import { Findings } from './findings.ts';
import type { FsckOptions, FsckReport } from './report.ts';
import { RowSums } from './row-sums.ts';
import { StandingOrders } from './standing-orders.ts';

/** What is checked. */
export interface FsckParts extends ReadingParts {
  readonly reader: VersionReader;
  readonly tombstones: () => Promise<readonly Tombstone[]>;
  readonly holds: () => Promise<readonly { readonly id: string }[]>;
}

/** Checks versions, openings, keys, index and names against each other and against the log. Changes nothing. */
export async function fsck(parts: FsckParts, options: FsckOptions): Promise<FsckReport> {
  const findings = new Findings(options.limit);
  const { storage, keys } = parts;
  for (const line of await storage.problems()) findings.add('file-damaged', 'database', line);
  // What was read before must not stand in for what is stored.
  parts.cache.clear();
  parts.entries.clear();
  const tombstones = await readTombstones(parts, findings);
  const resources = new Map<number, ResourceRow>();
  for await (const row of storage.eachResource()) resources.set(row.rid, row);
  const versions = new Set<number>();
  for await (const { entry } of storage.eachVersion()) versions.add(entry);
  const sums = new RowSums();
  const told = new Set(tombstones.flatMap(({ erased, shared }) => [...erased, ...shared]));
  // Tombstones of before a restore are gone with the newer data; the destroyed keys remain known.
  const untold = keys.store.destroyed().length > tombstones.flatMap(({ keys: ids }) => ids).length;
  checkKeys(keys, tombstones, (rid) => resources.has(rid), findings);
  const orders = new StandingOrders();
  await checkEntries({
    parts,
    findings,
    sums,
    log: options.log,
    hasVersion: (entry) => versions.has(entry),
    onEvent: (entry, event, content) => orders.see(entry, event, content),
  });
  await checkVersions({
    parts,
    findings,
    sums,
    resources,
    wasErased: (object) => untold || told.has(object),
  });
  await checkNames(parts, resources, findings);
  await checkIndex(parts, sums, findings);
  orders.check(await readHolds(parts, findings), await storage.tombstones(), findings);
  return findings.report();
}

async function readTombstones(parts: FsckParts, findings: Findings): Promise<readonly Tombstone[]> {
  try {
    return await parts.tombstones();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    findings.add('entry-damaged', 'tombstones', error.message);
    return [];
  }
}

/** Every name leads to a resource of that name. */
async function checkNames(
  parts: FsckParts,
  resources: ReadonlyMap<number, ResourceRow>,
  findings: Findings,
): Promise<void> {
  for await (const { name, rid } of parts.storage.eachName()) {
    if (resources.get(rid)?.name === name) continue;
    findings.add(
      'name-mismatch',
      await nameOf(parts, rid),
      'a blind name leads to something of another name',
    );
  }
}

async function checkIndex(parts: FsckParts, sums: RowSums, findings: Findings): Promise<void> {
  try {
    for await (const { key, rids } of parts.storage.eachPosting()) {
      for (const rid of rids) sums.seeKey(rid, key);
      findings.checked.indexRows += rids.length;
    }
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    // What comes behind it is not looked at: every row there is reported below.
    findings.add('index-mismatch', 'index', error.message);
  }
  for await (const { rid, ...span } of parts.storage.eachSpan()) {
    sums.seeSpan(rid, span);
    findings.checked.indexRows += 1;
  }
  for (const rid of new Set([...sums.different(), ...(await parts.storage.hidden())])) {
    findings.add(
      'index-mismatch',
      await nameOf(parts, rid),
      'it is not found by exactly what its content gives',
    );
  }
}

async function nameOf(parts: FsckParts, rid: number): Promise<string> {
  try {
    const version = await parts.reader.ofRow(rid);
    if (version !== undefined) return `${version.type}/${version.id}`;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
  }
  return `row ${rid}`;
}

async function readHolds(parts: FsckParts, findings: Findings): Promise<readonly { readonly id: string }[]> {
  try {
    return await parts.holds();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    findings.add('hold-damaged', 'legal holds', error.message);
    return [];
  }
}
