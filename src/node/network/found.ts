import { consentContract } from '../../consent/index.ts';
import { randomId } from '../../crypto/index.ts';
import { genesisOf, type Joining, membershipContract } from '../../identity/index.ts';
import { type EmbeddedEngine, openEmbeddedLedger } from '../../ledger/index.ts';
import { anchorsContract } from '../../log/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import { ledgerPath } from '../organisation/folder.ts';
import { memberKey, memberKeys, signWith } from '../organisation/member-keys.ts';
import { firstOrigin, publicUrl } from './log-origin.ts';

/** Every contract in every version that this program has: what an engine runs (DESIGN §2). */
export const contracts = [membershipContract, anchorsContract, consentContract];

/** Opens the embedded ledger of a data folder; makes an empty one where there is none. */
export function openLedgerEngine(data: string, now: () => Date): EmbeddedEngine {
  return openEmbeddedLedger({ path: ledgerPath(data), contracts, now });
}

function joiningOf(configuration: Configuration, organisation: string, keyring: Keyring): Joining {
  return {
    organisation,
    address: { url: publicUrl(configuration), origin: firstOrigin(configuration, organisation) },
    keys: memberKeys(keyring),
  };
}

/** The ledger's id, founding it with all hosted organisations when it is empty. Each founder signs; returns 32 hexadecimal digits. */
export async function foundLedger(
  engine: EmbeddedEngine,
  configuration: Configuration,
  keyrings: ReadonlyMap<string, Keyring>,
): Promise<string> {
  const [first] = keyrings;
  if (first === undefined) throw new Error('a node hosts at least one organisation');
  const [organisation, keyring] = first;
  const key = memberKey(keyring, 'transaction');
  const ledger = engine.connect({
    organisation,
    role: 'admin',
    key: signWith(key),
    publicKey: key.publicKey,
  });
  const known = (await ledger.query('membership', 'ledger', {})) as { id: string } | null;
  if (known !== null) return known.id;
  const founders = [...keyrings].map(([id, each]) => joiningOf(configuration, id, each));
  const genesis = genesisOf(randomId(), founders);
  await ledger.submit({ contract: 'membership', name: 'genesis', args: { ...genesis } as never });
  return genesis.ledger;
}
