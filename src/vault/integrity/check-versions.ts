import { extractIndex, parseResource } from '../../r4/index.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { distinctRows, type IndexRows, NO_ROWS, rowsWithout, unpackRows } from '../blind-index/index-rows.ts';
import { ContentSalts, contentCommitment } from '../entries/commitments.ts';
import { eventOf } from '../entries/entry-record.ts';
import { VaultError } from '../error.ts';
import { inAuditCustody } from '../numbering.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import type { ResourceRow, VersionRow } from '../storage/rows.ts';
import type { CurrentRow } from '../storage/storage.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { Findings } from './findings.ts';
import type { RowSums } from './row-sums.ts';

/** What the versions are held against. */
export interface VersionChecks {
  readonly parts: ReadingParts & { readonly reader: VersionReader };
  readonly findings: Findings;
  readonly sums: RowSums;
  readonly resources: ReadonlyMap<number, ResourceRow>;
  /** Whether a tombstone says that versions of this resource (`Type/id`) were erased. */
  readonly wasErased: (object: string) => boolean;
}

/** Opens every version; holds it against its row, its neighbours, its log entry and the index. */
export async function checkVersions(checks: VersionChecks): Promise<void> {
  const { parts, resources, findings } = checks;
  let previous: VersionRow | undefined;
  for await (const row of parts.storage.eachVersion()) {
    findings.checked.versions += 1;
    const expected = previous?.rid === row.rid ? previous.version + 1 : 1;
    if (previous !== undefined && previous.rid !== row.rid) await checkNewest(checks, previous);
    previous = row;
    const object = await objectOf(checks, row);
    if (row.version !== expected) {
      findings.add(
        'version-missing',
        object,
        `version ${expected} is not stored before version ${row.version}`,
      );
    }
    const resource = resources.get(row.rid);
    if (resource === undefined) findings.add('name-mismatch', object, 'the version belongs to no resource');
    else await checkVersion(checks, row, resource, object);
  }
  if (previous !== undefined) await checkNewest(checks, previous);
  for (const resource of resources.values()) await checkResource(checks, resource);
}

/** `Type/id/_history/n` as the log entry says it, or the row's number when that cannot be read. */
async function objectOf({ parts }: VersionChecks, row: VersionRow): Promise<string> {
  try {
    const found = await parts.entries.read(row.entry);
    if (found !== undefined) return eventOf(found.record).object;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
  }
  return `row ${row.rid}, version ${row.version}`;
}

async function checkVersion(
  checks: VersionChecks,
  row: VersionRow,
  resource: ResourceRow,
  object: string,
): Promise<void> {
  const { findings, parts } = checks;
  if (row.sealed === null || row.state === 'erased') {
    if (!checks.wasErased(object.replace(/\/_history\/\d+$/, ''))) {
      findings.add('version-missing', object, 'the version is empty, and no tombstone says why');
    }
    return;
  }
  try {
    const version = parts.reader.open(row, resource.name);
    const stored = Date.parse(version.lastUpdated) === row.updatedMs && row.type === resource.type;
    if (!stored || (version.text === undefined) !== (row.state === 'deleted')) {
      findings.add('version-damaged', object, "the version's row says something else than its content");
    }
    await checkCommitment(checks, row, version, object);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    findings.add(
      error.code === 'sealed-key-missing' ? 'key-missing' : 'version-damaged',
      object,
      error.message,
    );
  }
}

async function checkCommitment(
  checks: VersionChecks,
  row: VersionRow,
  version: StoredVersion,
  object: string,
): Promise<void> {
  const { parts, findings } = checks;
  const found = await parts.entries.read(row.entry);
  const event = found === undefined ? undefined : eventOf(found.record);
  const name = `${version.type}/${version.id}/_history/${version.version}`;
  if (event === undefined || event.object !== name || event.time !== version.lastUpdated) {
    findings.add(
      'commitment-mismatch',
      name,
      `its log entry is of ${event === undefined ? 'nothing' : object}`,
    );
    return;
  }
  const key = parts.reader.keyOf(row);
  if (version.text === undefined || key === undefined) return;
  const salts = inAuditCustody(row.rid) ? parts.keys.auditSalts(row.entry) : new ContentSalts(key);
  if (contentCommitment(salts.of(event.id), version.text).toString('base64') !== event.content) {
    findings.add('commitment-mismatch', name, 'its content is not what its log entry commits to');
  }
}

/** The last version of a resource must be the one that its row names. */
async function checkNewest(checks: VersionChecks, row: VersionRow): Promise<void> {
  const resource = checks.resources.get(row.rid);
  if (resource === undefined || (resource.version === row.version && resource.entry === row.entry)) return;
  const object = await objectOf(checks, row);
  checks.findings.add(
    'version-missing',
    object,
    `the resource says that version ${resource.version} is the newest`,
  );
}

async function checkResource(checks: VersionChecks, resource: ResourceRow): Promise<void> {
  const { findings, parts } = checks;
  findings.checked.resources += 1;
  const current = await parts.storage.current(resource.rid);
  if (current === undefined) {
    return findings.add('version-missing', `row ${resource.rid}`, 'its newest version is not stored');
  }
  const object = (await objectOf(checks, current)).replace(/\/_history\/\d+$/, '');
  if ((await parts.storage.named(resource.name)) !== resource.rid) {
    findings.add('name-mismatch', object, 'its blind name does not lead to it');
  }
  if ((current.sealed === null) !== (resource.state === 'erased')) {
    findings.add('version-damaged', object, 'the resource and its newest version disagree on its state');
  }
  checkRows(checks, current, object);
}

/** The rows kept with a resource must be those that its content gives, and it must be found by them. */
function checkRows({ findings, parts, sums }: VersionChecks, current: CurrentRow, object: string): void {
  const stored = attempt(() => unpackRows(current.rows));
  // What cannot be read was reported with the version.
  const version =
    current.sealed === null ? undefined : attempt(() => parts.reader.open(current, current.name));
  const expected = version === undefined ? stored : expectedRows(parts, version, stored?.members ?? []);
  sums.expect(current.rid, expected ?? NO_ROWS);
  if (version !== undefined && (version.text === undefined) !== (current.state === 'deleted')) {
    findings.add('version-damaged', object, "the resource's state is not that of its newest version");
  }
  if (stored === undefined || (expected !== undefined && !isSame(stored, expected))) {
    findings.add('index-mismatch', object, 'the rows kept with it are not what its content gives');
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return undefined;
  }
}

/** What the content gives. Of compartments only that it is in its own: it may have been in others before. */
function expectedRows(
  { index, keys }: VersionChecks['parts'],
  version: StoredVersion,
  before: readonly Blind[],
): IndexRows {
  const clinical = custodyOf(version.type) === 'resource';
  const names = clinical ? version.patients.map((patient) => index.names.of('Patient', patient)) : [];
  // A record shared with an erased patient still names them, and is no longer in their compartment.
  const now = names.filter((name) => !keys.isDestroyed(name, 'patient')).map((name) => index.member(name));
  const members = [...new Set([...before, ...now])];
  if (version.text === undefined) return { ...NO_ROWS, members };
  const entries = extractIndex(parseResource(version.text).resource);
  return distinctRows(index.rows(version.type, entries, Date.parse(version.lastUpdated)), members);
}

function isSame(a: IndexRows, b: IndexRows): boolean {
  const differences = [rowsWithout(a, b), rowsWithout(b, a)];
  return differences.every(({ keys, members, spans }) => keys.length + members.length + spans.length === 0);
}
