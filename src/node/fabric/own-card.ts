import { signEd25519Native } from '../../crypto/index.ts';
import type { Application } from '../../identity/index.ts';
import {
  cardFile,
  cardMessage,
  type NetworkFolder,
  type OrganisationCard,
  replaceFile,
  type SignedCard,
} from '../../ledger/index.ts';
import { toBase64 } from '../../proof/index.ts';
import type { Keyring } from '../../vault/index.ts';
import { memberKey } from '../organisation/member-keys.ts';

/** Writes an organisation's card beside its part of a network, signed with the key by which `membership` knows or will know it. Gives card and file. */
export function writeOwnCard(
  folder: NetworkFolder,
  own: OrganisationCard,
  keyring: Keyring,
  application: Application | undefined,
): { card: SignedCard; file: string } {
  const { privateKey, publicKey } = memberKey(keyring, 'transaction');
  const unsigned = {
    ...own,
    ...(application === undefined ? {} : { application }),
    key: toBase64(publicKey),
  };
  const card = { ...unsigned, signature: toBase64(signEd25519Native(privateKey, cardMessage(unsigned))) };
  const file = cardFile(folder, own.id);
  replaceFile(file, `${JSON.stringify(card, null, 2)}\n`);
  return { card, file };
}
