import { resolve } from 'node:path';
import { layReady, type NetworkContext, suspendOrganisation } from '../../../ledger/index.ts';
import {
  addLedgerOrganisation,
  type LedgerOperation,
  openLedgerNetwork,
  rotateLedgerCertificates,
  upgradeLedgerChaincode,
} from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import {
  type NetworkOptions,
  networkPath,
  organisationGiven,
  passphraseOf,
  programs,
} from './network-options.ts';

/** Options of a verb about one organisation. */
export interface ChangeOptions extends NetworkOptions {
  readonly org: string;
}

/** Options of `holdfast ledger upgrade`. */
export interface UpgradeOptions extends NetworkOptions {
  readonly chaincode?: string;
}

function opened(options: NetworkOptions, output: Output): Promise<NetworkContext> {
  return openLedgerNetwork(
    networkPath(options),
    programs(options, (what) => output.progress(what)),
  );
}

async function operation(options: ChangeOptions, output: Output): Promise<LedgerOperation> {
  const organisation = organisationGiven(options.org);
  const context = await opened(options, output);
  const onProgress = (what: string) => output.progress(what);
  return { context, organisation, passphrase: passphraseOf([organisation]), onProgress };
}

/** Options of `holdfast ledger add-org`. */
export interface AddOptions extends ChangeOptions {
  readonly snapshot?: string;
}

/** `holdfast ledger add-org`: another organisation on this machine joins the running network. */
export async function addOrganisation(options: AddOptions, output: Output): Promise<ExitCode> {
  const asked = await operation(options, output);
  if (options.snapshot !== undefined)
    layReady(asked.context, asked.organisation.id, resolve(options.snapshot));
  const { folder } = await addLedgerOrganisation(asked);
  const { id } = asked.organisation;
  output.line(
    `${id} is in the channel; its peer has every block. Its profile: ${folder.organisation(id).profile}`,
  );
  output.result({ organisation: id, profile: folder.organisation(id).profile });
  return EXIT.done;
}

/** `holdfast ledger suspend`: an organisation loses writing and endorsement; its orderer leaves while enough remain. */
export async function suspend(options: ChangeOptions, output: Output): Promise<ExitCode> {
  const { context, organisation, onProgress } = await operation(options, output);
  const { isOrdererGone } = await suspendOrganisation(context, organisation.id, onProgress);
  const orderer = isOrdererGone
    ? 'Its orderer left.'
    : 'Its orderer stays: with three left no fault is tolerated.';
  output.line(`${organisation.id} writes and endorses no more. ${orderer}`);
  output.result({ organisation: organisation.id, isOrdererGone });
  return EXIT.done;
}

/** `holdfast ledger rotate`: new keys and certificates for an organisation's processes, one after the other. */
export async function rotate(options: ChangeOptions, output: Output): Promise<ExitCode> {
  const asked = await operation(options, output);
  await rotateLedgerCertificates(asked);
  output.line(`Every process of ${asked.organisation.id} runs with new certificates.`);
  output.result({ organisation: asked.organisation.id });
  return EXIT.done;
}

/** `holdfast ledger upgrade`: the next chaincode runs beside the present one until a majority approved and committed it. */
export async function upgrade(options: UpgradeOptions, output: Output): Promise<ExitCode> {
  const context = await opened(options, output);
  const { description } = await upgradeLedgerChaincode(context, options.chaincode, (what) =>
    output.progress(what),
  );
  output.line(
    `The chaincode is ${description.chaincode?.version}, definition ${description.chaincode?.sequence}.`,
  );
  output.result({ version: description.chaincode?.version, sequence: description.chaincode?.sequence });
  return EXIT.done;
}
