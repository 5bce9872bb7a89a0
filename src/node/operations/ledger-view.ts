import type { ConsentState } from '../../consent/index.ts';
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

/** The consents on the ledger, as `checkConsents` asks for them. */
export async function consentsOn(
  ledger: StoredLedger,
  custodian: string,
): Promise<{
  height: number;
  stateOf: (id: string) => Promise<ConsentState | undefined>;
  states: ConsentState[];
}> {
  const states: ConsentState[] = [];
  for (;;) {
    const after = states.at(-1)?.id;
    const page = (await ledger.query('consent', 'byCustodian', {
      custodian,
      ...(after === undefined ? {} : { after }),
    })) as ConsentState[];
    if (page.length === 0) break;
    states.push(...page);
  }
  const stateOf = async (id: string): Promise<ConsentState | undefined> => {
    if (!CONSENT_ID.test(id)) return undefined;
    const answer = (await ledger.query('consent', 'get', { id })) as { state: ConsentState } | null;
    return answer?.state;
  };
  return { height: ledger.head.height, stateOf, states };
}

const CONSENT_ID = /^[0-9a-f]{32}$/;
