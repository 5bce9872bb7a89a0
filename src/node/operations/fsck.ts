import { existsSync } from 'node:fs';
import type { Anchor } from '../../log/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { MembershipView } from '../network/membership-view.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { checkLedger, checkMemberLog } from './check-ledger.ts';
import { checkNotes } from './check-notes.ts';
import { checkEnrolments, checkLogs, checkVault, checkView } from './check-organisation.ts';
import { accessFolder, type FolderAccess } from './folder-access.ts';
import { confirmed, FolderFindings, type FolderReport } from './folder-report.ts';
import {
  type DatabaseName,
  type FolderSnapshot,
  type OrganisationSnapshot,
  snapshotFolder,
} from './folder-snapshot.ts';
import { anchoredHead, membersOf } from './ledger-view.ts';
import { existingKeyring } from './organisation-keyring.ts';

/** Files as the report names them. */
const FILES: Record<DatabaseName, string> = {
  data: 'data.db',
  keys: 'keys.db',
  identity: 'identity.db',
  witness: 'witness.db',
  ledgerLog: 'ledger-log.db',
};

/** What to check. */
export interface FolderCheck {
  readonly configuration: Configuration;
  readonly passphrase: string;
  readonly onProgress?: (what: string) => void;
}

/**
 * Checks a data folder, vault against log against ledger, and changes nothing in it. On a folder that a node has open, what
 * is found is looked at once more, since a write may have been under way. Throws NodeError and DatabaseError.
 */
export async function checkFolder(check: FolderCheck): Promise<FolderReport> {
  const access = accessFolder(check.configuration.data);
  try {
    const keyrings = openKeyrings(check);
    const first = await checkOnce(access, check, keyrings);
    return first.ok || !access.isLive ? first : confirmed(first, await checkOnce(access, check, keyrings));
  } finally {
    access.release();
  }
}

/** Keyrings by organisation; undefined for one whose file was changed. */
type Keyrings = ReadonlyMap<string, Keyring | undefined>;

/**
 * A keyring that alone does not open was changed; when none does, the passphrase is wrong. A demo's passphrase is known.
 */
function openKeyrings({ configuration, passphrase }: FolderCheck): Keyrings {
  const keyrings = new Map<string, Keyring | undefined>();
  let refusal: NodeError | undefined;
  for (const { id } of configuration.organisations) {
    const folder = organisationPaths(configuration.data, id);
    if (!existsSync(folder.keyring)) continue;
    try {
      keyrings.set(id, existingKeyring(folder, id, passphrase));
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      refusal = error;
      keyrings.set(id, undefined);
    }
  }
  const isKnown =
    configuration.mode === 'demo' || [...keyrings.values()].some((keyring) => keyring !== undefined);
  if (refusal !== undefined && !isKnown) throw refusal;
  return keyrings;
}

async function checkOnce(
  access: FolderAccess,
  check: FolderCheck,
  keyrings: Keyrings,
): Promise<FolderReport> {
  const { configuration, onProgress = () => undefined } = check;
  const findings = new FolderFindings();
  const ids = configuration.organisations.map(({ id }) => id);
  const snapshot = await snapshotFolder(access, configuration.data, ids);
  try {
    const { ledger } = snapshot;
    reportUnreadable(snapshot, findings);
    onProgress('checking the ledger');
    const isSound = ledger !== undefined && (await checkLedger(ledger, findings));
    const anchors = isSound ? await newestAnchors(snapshot) : [];
    const view = new MembershipView();
    if (isSound) await view.load(ledger);
    for (const organisation of snapshot.organisations) {
      onProgress(`checking ${organisation.id}`);
      findings.counts.organisations += 1;
      checkFiles(organisation, findings);
      const keyring = keyrings.get(organisation.id);
      reportMissing(organisation, keyring, findings);
      await checkLogs(organisation, anchors, findings);
      if (isSound) {
        await checkView(organisation, ledger, findings);
        checkMemberLog(organisation, ledger, findings);
        checkNotes(organisation, view, findings);
      }
      if (keyring === undefined) continue;
      checkEnrolments(organisation, keyring, findings);
      await checkVault(organisation, keyring, findings);
    }
    return findings.report();
  } finally {
    snapshot.close();
  }
}

async function newestAnchors({ ledger }: FolderSnapshot): Promise<Anchor[]> {
  if (ledger === undefined) return [];
  const origins = (await membersOf(ledger)).flatMap((member) => member.origins);
  const heads = await Promise.all(origins.map((origin) => anchoredHead(ledger, origin)));
  return heads.filter((head) => head !== undefined);
}

function reportUnreadable({ unreadable }: FolderSnapshot, findings: FolderFindings): void {
  for (const { organisation, name } of unreadable) {
    const object = name === 'ledger' ? 'ledger/ledger.db' : FILES[name];
    findings.add({
      code: 'file-damaged',
      organisation: organisation ?? 'ledger',
      object,
      detail: 'The file is no database, or its beginning is damaged.',
    });
  }
}

function checkFiles({ id, databases }: OrganisationSnapshot, findings: FolderFindings): void {
  for (const [name, database] of databases) {
    const [problem] = database.problems();
    if (problem === undefined) continue;
    findings.add({
      code: 'file-damaged',
      organisation: id,
      object: FILES[name],
      detail: "SQLite's own check finds the file damaged.",
    });
  }
}

/** An organisation that stores anything needs both its data and their keys. */
function reportMissing(
  { id, databases }: OrganisationSnapshot,
  keyring: Keyring | undefined,
  findings: FolderFindings,
): void {
  const missing = (object: string, detail: string) =>
    findings.add({ code: 'file-missing', organisation: id, object, detail });
  if (databases.has('data') !== databases.has('keys')) {
    const object = databases.has('data') ? FILES.keys : FILES.data;
    missing(object, 'One of the two files that belong together is not here.');
  }
  if (keyring === undefined && databases.size > 0) {
    findings.add({
      code: 'keyring-damaged',
      organisation: id,
      object: 'keyring',
      detail: 'The keyring is not here or was changed: put its file back.',
    });
  }
}
