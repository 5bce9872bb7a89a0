import type { Database } from '../../database/index.ts';
import { type Ledger, LedgerError } from '../../ledger/index.ts';
import type { Erasure } from '../../log/index.ts';
import type { KeyEvidence } from '../../proof/index.ts';
import { openVault, type RetentionRule, type Vault } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import type { OrganisationCore } from './core.ts';
import { openKeyDatabase } from './databases.ts';
import { memberKey, signWith } from './member-keys.ts';
import { DiskReserve, withReserve } from './reserve.ts';

/** Attempts at committing one erasure: another of ours may take the sequence meanwhile. */
const MAX_ATTEMPTS = 8; // erasures are rare and one at a time

/** Every destroyed key that an organisation has committed on the ledger, oldest first. */
export async function committedErasures(
  ledger: Pick<Ledger, 'query'>,
  organisation: string,
): Promise<Erasure[]> {
  const all: Erasure[] = [];
  for (;;) {
    const page = (await ledger.query('anchors', 'erasures', {
      organisation,
      from: all.length + 1,
    })) as Erasure[];
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Commits a destroyed key's id on the ledger; a key that was committed before counts as done. Throws LedgerError. */
async function commitErasure(core: OrganisationCore, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const sequence = (await committedErasures(core.ledger, core.id)).length + 1;
    try {
      await core.ledger.submit({ contract: 'anchors', name: 'eraseKey', args: { id, sequence } });
      return;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.code === 'rejected' && error.reason === 'already-erased') return;
      if (error.code !== 'conflict' || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** The transactions by which keys were committed as destroyed, with the ledger's evidence. Throws LedgerError. */
export async function erasureEvidence(
  core: Pick<OrganisationCore, 'ledger' | 'id'>,
  keyIds: readonly string[],
): Promise<KeyEvidence[]> {
  const committed = await committedErasures(core.ledger, core.id);
  const found: KeyEvidence[] = [];
  for (const id of keyIds) {
    const erasure = committed.find((each) => each.id === id);
    if (erasure === undefined) throw new Error('a tombstone names a key that is not on the ledger');
    const args = { id, sequence: erasure.sequence };
    // Said again, a transaction changes nothing and answers with the id of the first.
    const { transaction } = await core.ledger.submit({ contract: 'anchors', name: 'eraseKey', args });
    found.push({ ...args, evidence: await core.ledger.evidence(transaction) });
  }
  return found;
}

/** An organisation's vault with the files it is made of. */
export interface OpenedVault {
  readonly vault: Vault;
  readonly keyStore: Database;
  readonly reserve: DiskReserve;
}

/** The retention rules of an organisation, as configured. */
function retentionOf({ organisations }: Configuration, organisation: string): RetentionRule[] {
  const { retention = [] } = organisations.find(({ id }) => id === organisation) ?? {};
  return retention.map(({ types, ...rule }) => (types === undefined ? rule : { ...rule, types }));
}

/** Opens an organisation's vault over its core. Erasures go on the ledger first and are anchored at once (DESIGN §4–5). */
export async function openOrganisationVault(
  core: OrganisationCore,
  configuration: Configuration,
  now: () => Date,
): Promise<OpenedVault> {
  const keyStore = openKeyDatabase(core.folder.keys);
  const sign = signWith(memberKey(core.keyring, 'transaction'));
  const vault = await openVault({
    database: core.data,
    keyStore,
    log: core.log,
    organisation: core.id,
    keyManagement: core.keyring,
    epochs: core.keyring.epochs,
    keyBackupDays: configuration.keyBackupDays,
    ledgerHead: () => core.projection.head(),
    now,
    cacheBytes: Math.floor(configuration.cacheBytes / configuration.organisations.length),
    erasures: {
      sign,
      retention: retentionOf(configuration, core.id),
      commitErasure: async (id) => {
        await commitErasure(core, id);
        await core.anchoring.anchorNow();
      },
    },
  });
  const reserve = new DiskReserve(core.folder.path);
  return { vault: withReserve(vault, reserve), keyStore, reserve };
}
