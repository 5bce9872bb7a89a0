import { resolve } from 'node:path';
import { layReady, mendPolicies, type NetworkContext } from '../../../ledger/index.ts';
import {
  type AgreedKind,
  addLedgerOrganisation,
  type LedgerOperation,
  openLedgerNetwork,
  rotateLedgerCertificates,
  suspendLedgerOrganisation,
  upgradeLedgerChaincode,
} from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { type AgreeOptions, agree, applicationFrom, isAbout } from './agree.ts';
import {
  type NetworkOptions,
  networkPath,
  organisationGiven,
  passphraseOf,
  programs,
} from './network-options.ts';
import { type SnapshotGiven, snapshotGiven } from './snapshot-given.ts';

/** Options of a verb that changes the channel. */
export interface ChangeOptions extends NetworkOptions {
  readonly org: string;
  /** The change as organisations on other machines signed it. */
  readonly update?: string;
}

function received({ update }: Pick<ChangeOptions, 'update'>): string | undefined {
  return update === undefined ? undefined : resolve(update);
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

const asChange = (kind: AgreedKind, asked: LedgerOperation) => ({
  kind,
  organisation: asked.organisation.id,
  application: applicationFrom(asked),
});

/** Options of `holdfast ledger add-org`. */
export interface AddOptions extends ChangeOptions, SnapshotGiven {}

/** `holdfast ledger add-org`: another organisation on this machine joins the running network; with `--propose` or `--approve` members agree on it first. */
export async function addOrganisation(options: AddOptions & AgreeOptions, output: Output): Promise<ExitCode> {
  const isGiven = options.snapshot !== undefined || options.snapshotHash !== undefined;
  const given = isGiven ? snapshotGiven(options) : undefined;
  const asked = await operation(options, output);
  if (isAbout(options)) return agree(asked.context, asChange('join', asked), options, output);
  if (given !== undefined) layReady(asked.context, asked.organisation.id, given);
  const { folder } = await addLedgerOrganisation(asked);
  const { id } = asked.organisation;
  output.line(
    `${id} is in the channel; its peer has every block. Its profile: ${folder.organisation(id).profile}`,
  );
  output.result({ organisation: id, profile: folder.organisation(id).profile });
  return EXIT.done;
}

/** `holdfast ledger suspend`: an organisation loses writing and endorsement, its orderer leaves while enough remain; with `--propose` or `--approve` members agree on it first. */
export async function suspend(options: ChangeOptions & AgreeOptions, output: Output): Promise<ExitCode> {
  const asked = await operation(options, output);
  if (isAbout(options)) return agree(asked.context, asChange('suspend', asked), options, output);
  const { organisation } = asked;
  const { isOrdererGone } = await suspendLedgerOrganisation(asked, received(options));
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
  await rotateLedgerCertificates(asked, received(options));
  output.line(`Every process of ${asked.organisation.id} runs with new certificates.`);
  output.result({ organisation: asked.organisation.id });
  return EXIT.done;
}

/** `holdfast ledger mend`: the channel's policies are set back to what was agreed, by a majority. */
export async function mend(options: Omit<ChangeOptions, 'org'>, output: Output): Promise<ExitCode> {
  const context = await opened(options, output);
  output.progress("comparing the channel's policies with what was agreed");
  const mended = await mendPolicies(context, received(options));
  output.line(mended ? 'The policies are as agreed again.' : 'The policies were as agreed.');
  output.result({ mended });
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
