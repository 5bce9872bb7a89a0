import {
  adoptChaincode,
  assertHost,
  createPart,
  type NetworkContext,
  type OrganisationPlan,
  organisationCard,
  portsAt,
  type SignedCard,
} from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';
import { existingKeyring } from '../operations/organisation-keyring.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { applicationOf } from './membership-change.ts';
import { chaincodeSource, type LedgerNetworkRequest, networkBinaries } from './open-ledger-network.ts';
import { organisationAuthorities } from './organisation-authorities.ts';
import { issueMaterial } from './organisation-material.ts';
import { writeOwnCard } from './own-card.ts';
import { shippedParts } from './shipped-parts.ts';

/** What one organisation's part of a network across machines is prepared with. */
export interface PreparePartRequest extends Omit<LedgerNetworkRequest, 'organisations'> {
  readonly organisation: string;
  /** Its Holdfast data folder, whose authorities certify its processes. */
  readonly data: string;
  /** Name or IPv4 address by which the others reach its orderer and peer. */
  readonly host: string;
  /** Address that both listen at. */
  readonly listen: string;
  /** Id of the ledger that it joins; absent for one of those that begin it. */
  readonly ledger?: string | undefined;
}

const LEDGER_ID = /^[0-9a-f]{32}$/; // FORMATS §3

/**
 * Makes an organisation's own part on its own machine, keys and all, and its card for the others: what they need to reach and to
 * check it. Again it makes nothing anew but the card. Rejects with NodeError, NetworkError.
 */
export async function preparePart(
  request: PreparePartRequest,
): Promise<{ context: NetworkContext; card: SignedCard; file: string }> {
  const { path, organisation, data, host, listen, basePort, binaries, ledger, onProgress } = request;
  assertHost(host);
  if (ledger !== undefined && !LEDGER_ID.test(ledger))
    throw new NodeError(
      'input-unusable',
      'A ledger id is 32 hexadecimal digits: ask a member for /.well-known/holdfast.',
    );
  const found = await networkBinaries(path, request);
  const passphrase = request.passphrase();
  const plan: OrganisationPlan = {
    id: organisation,
    consenter: 0,
    host,
    bind: listen,
    ports: portsAt(basePort, 0),
  };
  onProgress(`preparing the part of ${organisation}`);
  const made = await createPart({
    path,
    binaries: found,
    ...(binaries === undefined ? {} : { binariesFolder: binaries }),
    builder: shippedParts().builder,
    plan,
    material: () => {
      const authorities = organisationAuthorities(data, organisation, passphrase);
      return issueMaterial(authorities, { organisation, hosts: [host], now: new Date() });
    },
  });
  const context =
    made.description.chaincode === undefined
      ? adoptChaincode(made, chaincodeSource(request.chaincode))
      : made;
  const application =
    ledger === undefined ? undefined : applicationOf(data, organisation, ledger, passphrase);
  const keyring = existingKeyring(organisationPaths(data, organisation), organisation, passphrase);
  return {
    context,
    ...writeOwnCard(context.folder, organisationCard(context.folder, plan), keyring, application),
  };
}
