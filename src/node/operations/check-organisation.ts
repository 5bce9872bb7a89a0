import { checkConsents } from '../../consent/index.ts';
import { type Database, DatabaseError } from '../../database/index.ts';
import { Enrolment } from '../../identity/index.ts';
import type { StoredLedger } from '../../ledger/index.ts';
import { type Anchor, checkLog, storedLogs } from '../../log/index.ts';
import { type Keyring, VaultError } from '../../vault/index.ts';
import { projectionStore } from '../organisation/projection-store.ts';
import type { FolderFindings } from './folder-report.ts';
import type { OrganisationSnapshot } from './folder-snapshot.ts';
import { consentsOn } from './ledger-view.ts';
import { openStoredVault } from './stored-vault.ts';

/** Problems of one vault that are told one by one: beyond it the folder is lost as a whole. */
const MAX_PROBLEMS = 10_000; // a report that a person can still search

/** Checks an organisation's log and the mirrors it keeps against their heads and the newest anchors. */
export async function checkLogs(
  snapshot: OrganisationSnapshot,
  anchors: readonly Anchor[],
  findings: FolderFindings,
): Promise<void> {
  const { id, databases } = snapshot;
  const [data, witness] = [databases.get('data'), databases.get('witness')];
  if (data !== undefined) findings.counts.entries += await checkTrees(id, data, anchors, findings);
  if (witness !== undefined) findings.counts.mirrored += await checkTrees(id, witness, anchors, findings);
  const own = new Set(data === undefined ? [] : storedLogs(data).map(({ origin }) => origin));
  for (const { organisation, origin, size } of anchors) {
    if (organisation !== id || own.has(origin)) continue;
    findings.add({
      code: 'log-missing',
      organisation: id,
      object: origin,
      detail: `${size} entries are anchored on the ledger, and the log is not here.`,
    });
  }
}

async function checkTrees(
  organisation: string,
  database: Database,
  anchors: readonly Anchor[],
  findings: FolderFindings,
): Promise<number> {
  const { checked, problems } = await checkLog(database, anchors);
  for (const problem of problems) findings.add({ ...problem, organisation });
  return checked;
}

/** Checks an organisation's vault against itself, its keys and its log. */
export async function checkVault(
  snapshot: OrganisationSnapshot,
  keyring: Keyring,
  findings: FolderFindings,
): Promise<void> {
  const { id, databases } = snapshot;
  const [data, keys] = [databases.get('data'), databases.get('keys')];
  if (data === undefined || keys === undefined) return;
  const log = storedLogs(data).at(-1);
  try {
    const vault = await openStoredVault({ organisation: id, data, keys, keyring, readOnly: true });
    const { checked, problems } = await vault.fsck({
      log: {
        entry: (leaf) => log?.entry(leaf),
        size: () => log?.size ?? 0,
        recovered: () => log?.recovered ?? [],
      },
      limit: MAX_PROBLEMS,
    });
    const { counts } = findings;
    counts.resources += checked.resources;
    counts.versions += checked.versions;
    counts.openings += checked.entries;
    counts.indexRows += checked.indexRows;
    for (const { code, object, detail } of problems) findings.add({ code, organisation: id, object, detail });
  } catch (error) {
    // Bytes that somebody else wrote can break any reader: that too is a finding.
    const isKnown = error instanceof VaultError || error instanceof DatabaseError;
    const detail = isKnown ? error.message : 'What is stored is not of its form.';
    findings.add({ code: 'vault-unreadable', organisation: id, object: `organisations/${id}`, detail });
  }
}

/** Checks that the block an organisation has seen last is on the ledger, and that its consents are the ledger's. */
export async function checkView(
  snapshot: OrganisationSnapshot,
  ledger: StoredLedger,
  findings: FolderFindings,
): Promise<void> {
  const { id, databases } = snapshot;
  const data = databases.get('data');
  if (data === undefined) return;
  const seen = projectionStore(data).load();
  if (seen !== undefined && ledger.hashAt(seen.height) !== seen.block) {
    const detail = 'The newest block that this organisation has seen is not on the ledger.';
    findings.add({ code: 'ledger-differs', organisation: id, object: `block/${seen.height}`, detail });
  }
  const consents = await consentsOn(ledger, id);
  for (const { consent, detail } of await checkConsents(data, consents)) {
    findings.add({ code: 'consent-differs', organisation: id, object: `Consent/${consent}`, detail });
  }
}

/** Checks that nobody changed whose key is whose. */
export function checkEnrolments(
  { id, databases }: OrganisationSnapshot,
  keyring: Keyring,
  findings: FolderFindings,
): void {
  const database = databases.get('identity');
  if (database === undefined) return;
  const enrolment = new Enrolment({
    database,
    keys: keyring,
    organisation: id,
    ledger: '',
    patientExists: () => false,
  });
  for (const key of enrolment.damaged()) {
    const detail = 'An enrolled key is not as it was enrolled: the patient has to enrol anew.';
    findings.add({ code: 'enrolment-damaged', organisation: id, object: `key/${key}`, detail });
  }
}
