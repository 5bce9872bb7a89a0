import { type FabricEngine, openFabricEngine } from '../../../src/ledger/index.ts';
import { DEMO_PASSPHRASE } from '../../../src/node/index.ts';
import { existingKeyring } from '../../../src/node/operations/organisation-keyring.ts';
import { organisationPaths } from '../../../src/node/organisation/folder.ts';
import { memberKey, signerOf } from '../../../src/node/organisation/member-keys.ts';
import { formatCheckpoint, fromBase64, signCheckpoint } from '../../../src/proof/index.ts';

export type { Anchor } from '../../../src/log/index.ts';

/** The ledger in a member's own name, past its node: what whoever has the member's keys can do. */
export const memberLedger = (profile: string): Promise<FabricEngine> => openFabricEngine({ profile });

/**
 * A request to cosign a head that a demo member's log never had, signed by the log's own key: what its operator could make
 * (C2SP tlog-witness, add-checkpoint). `data` is the member's data folder, `root` base64.
 */
export async function forgedCosigning(
  data: string,
  organisation: string,
  origin: string,
  { size, root }: { size: number; root: string },
): Promise<string> {
  const keyring = existingKeyring(organisationPaths(data, organisation), organisation, DEMO_PASSPHRASE);
  const text = formatCheckpoint({ origin, size: BigInt(size), root: fromBase64(root) });
  return `old 0\n\n${await signCheckpoint(text, signerOf(origin, memberKey(keyring, 'log')))}`;
}
