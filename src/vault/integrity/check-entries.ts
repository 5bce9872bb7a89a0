import type { Event } from '../../proof/index.ts';
import { extractIndex, parseResource } from '../../r4/index.ts';
import { blindId } from '../blind-index/blind-key.ts';
import { distinctRows, NO_ROWS } from '../blind-index/index-rows.ts';
import { contentCommitment, entryCommitment } from '../entries/commitments.ts';
import { type EntryRecord, eventOf } from '../entries/entry-record.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts } from '../reading/version-reader.ts';
import type { PageRow } from '../storage/rows.ts';
import type { Findings } from './findings.ts';
import type { FsckOptions } from './report.ts';
import type { RowSums } from './row-sums.ts';

/** What the entries are held against. */
export interface EntryChecks {
  readonly parts: ReadingParts;
  readonly findings: Findings;
  readonly sums: RowSums;
  readonly log: FsckOptions['log'];
  /** Whether a version is stored under an entry. */
  readonly hasVersion: (entry: number) => boolean;
  /** Told of every event with what is kept of its content. */
  readonly onEvent: (entry: number, event: Event, content: string) => void;
}

/** Opens every page; holds openings against the log, and AuditEvents against their commitments. Expects their index rows. */
export async function checkEntries(checks: EntryChecks): Promise<void> {
  const { parts, findings, log } = checks;
  let next = 0;
  for await (const page of parts.storage.eachPage()) {
    if (page.leaf !== next) missing(checks, next, page.leaf);
    next = page.leaf + page.count;
    const records = open(checks, page);
    for (const [at, record] of records.entries()) {
      findings.checked.entries += 1;
      checkRecord(checks, page.first + at, page.leaf + at, record);
    }
  }
  if (log !== undefined && log.size() > next) missing(checks, next, log.size());
}

/** Leaves that nothing opens, but for those whose openings a recovery lost. */
function missing({ findings, log }: EntryChecks, from: number, to: number): void {
  const lost = (log?.recovered?.() ?? []).toSorted((a, b) => a.first - b.first);
  let next = from;
  const report = (beyond: number) => {
    if (beyond <= next) return;
    const leaves = beyond === next + 1 ? `leaf ${next}` : `leaves ${next} to ${beyond - 1}`;
    findings.add('entry-missing', leaves, 'the log has entries here that nothing stored opens');
  };
  for (const { first, beyond } of lost) {
    if (beyond <= next || first >= to) continue;
    report(first);
    next = Math.max(next, beyond);
  }
  report(to);
}

function open({ parts, findings }: EntryChecks, page: PageRow): readonly EntryRecord[] {
  try {
    return parts.entries.open(page);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const last = page.leaf + page.count - 1;
    findings.add('entry-damaged', `leaves ${page.leaf} to ${last}`, error.message);
    return [];
  }
}

function checkRecord(checks: EntryChecks, entry: number, leaf: number, record: EntryRecord): void {
  const { parts, findings, log } = checks;
  const event = eventOf(record);
  const commitment = entryCommitment(Buffer.from(record.salt, 'base64'), record.event);
  const logged = log?.entry(leaf);
  if (log !== undefined && (logged === undefined || Buffer.compare(commitment, logged) !== 0)) {
    findings.add('leaf-mismatch', event.object, `the log's leaf ${leaf} is not what its opening gives`);
  }
  checks.onEvent(entry, event, record.content);
  if (event.kind === 'fhir.version' && !checks.hasVersion(entry)) {
    findings.add('object-missing', event.object, 'an entry tells of this version, and it is not stored');
  }
  if (record.content !== '') {
    const content = contentCommitment(parts.keys.auditSalts(entry).of(event.id), record.content).toString(
      'base64',
    );
    if (content !== event.content) {
      findings.add(
        'commitment-mismatch',
        event.object,
        'the content kept with the entry is not what it commits to',
      );
    }
  }
  checks.sums.expect(entry, { ...NO_ROWS, keys: [blindId(event.id)] });
  if (record.patients === undefined) return;
  const entries = extractIndex(parseResource(record.content).resource);
  const rows = parts.index.rows('AuditEvent', entries, Date.parse(event.time));
  checks.sums.expect(entry, distinctRows(rows, []));
}
