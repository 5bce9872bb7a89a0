import type { Database } from '../database/index.ts';
import { canonicalize } from '../proof/index.ts';
import type { ConsentState } from './contract-state.ts';
import { ConsentLedgerView } from './ledger-view.ts';

/** A consent that does not stand as the ledger says. */
export interface ConsentProblem {
  readonly consent: string;
  readonly detail: string;
}

/**
 * Compares the consents that an organisation has seen with the ledger's: one that was changed, one that is missing, or a view
 * that claims to be further than the ledger. `stateOf` gives the ledger's state of a consent, `states` all of which this
 * organisation is custodian, `height` its newest block. Writes nothing.
 */
export async function checkConsents(
  database: Database,
  ledger: {
    readonly height: number;
    readonly stateOf: (id: string) => Promise<ConsentState | undefined>;
    readonly states: readonly ConsentState[];
  },
): Promise<ConsentProblem[]> {
  const view = new ConsentLedgerView(database, () => undefined);
  if (view.height > ledger.height)
    return [{ consent: '', detail: 'It claims to have seen blocks that the ledger does not have.' }];
  const problems: ConsentProblem[] = [];
  const rows = database.prepare('SELECT id, state FROM consent_states').all<{ id: string; state: string }>();
  for (const { id, state } of rows) {
    const onLedger = await ledger.stateOf(id);
    if (!agrees(state, onLedger, view.height === ledger.height)) {
      problems.push({
        consent: id,
        detail: 'What is stored here of the consent is not what the ledger says.',
      });
    }
  }
  const known = new Set(rows.map(({ id }) => id));
  if (view.height < ledger.height) return problems;
  for (const { id } of ledger.states) {
    if (!known.has(id))
      problems.push({ consent: id, detail: 'The ledger has this consent, and it is missing here.' });
  }
  return problems;
}

/** A view that is behind may have an earlier state, which is not compared. */
function agrees(text: string, onLedger: ConsentState | undefined, isUpToDate: boolean): boolean {
  try {
    const state = JSON.parse(text) as ConsentState;
    if (onLedger === undefined) return false;
    if (!isUpToDate && state.sequence < onLedger.sequence) return true;
    return canonicalize(state) === canonicalize(onLedger);
  } catch {
    return false;
  }
}
