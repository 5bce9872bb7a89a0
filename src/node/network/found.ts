import { randomId } from '../../crypto/index.ts';
import { genesisOf, type Joining } from '../../identity/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import { memberKeys } from '../organisation/member-keys.ts';
import type { LedgerEngine } from './ledger-engine.ts';
import { firstOrigin, publicUrl } from './log-origin.ts';

/** What a hosted organisation asks to be entered as. */
export function joiningOf(configuration: Configuration, organisation: string, keyring: Keyring): Joining {
  return {
    organisation,
    address: { url: publicUrl(configuration), origin: firstOrigin(configuration, organisation) },
    keys: memberKeys(keyring),
  };
}

/** The ledger's id as it is committed; undefined while it has not begun. */
export async function committedLedgerId(ledger: Pick<Ledger, 'query'>): Promise<string | undefined> {
  const known = (await ledger.query('membership', 'ledger', {})) as { id: string } | null;
  return known?.id;
}

/** The ledger's id, founding it with all hosted organisations when it is empty. Each founder signs; returns 32 hexadecimal digits. */
export async function foundAlone(
  engine: LedgerEngine,
  configuration: Configuration,
  keyrings: ReadonlyMap<string, Keyring>,
): Promise<string> {
  const [first] = keyrings;
  if (first === undefined) throw new Error('a node hosts at least one organisation');
  const [organisation, keyring] = first;
  const ledger = engine.connect({ organisation, role: 'admin', keyring });
  const known = await committedLedgerId(ledger);
  if (known !== undefined) return known;
  const founders = [...keyrings].map(([id, each]) => joiningOf(configuration, id, each));
  const genesis = genesisOf(randomId(), founders);
  await ledger.submit({ contract: 'membership', name: 'genesis', args: { ...genesis } as never });
  return genesis.ledger;
}
