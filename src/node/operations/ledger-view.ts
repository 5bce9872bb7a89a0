import type { MemberState, StoredLedger } from '../../ledger/index.ts';
import type { Anchor } from '../../log/index.ts';

/** The ledger's id; undefined before its genesis. */
export async function ledgerIdOf(ledger: StoredLedger): Promise<string | undefined> {
  const state = (await ledger.query('membership', 'ledger', {})) as { id: string } | null;
  return state?.id;
}

/** Every member there ever was, with its logs. */
export async function membersOf(
  ledger: StoredLedger,
): Promise<{ organisation: string; origins: string[] }[]> {
  const members = (await ledger.query('membership', 'members', {})) as (MemberState & { id: string })[];
  return members.map(({ id, logs }) => ({ organisation: id, origins: logs.map(({ origin }) => origin) }));
}

/** The newest anchored head of a log; undefined when none is. */
export async function anchoredHead(ledger: StoredLedger, origin: string): Promise<Anchor | undefined> {
  return ((await ledger.query('anchors', 'head', { origin })) as Anchor | null) ?? undefined;
}
