import { cardFingerprint } from '../../../ledger/index.ts';
import { preparePart } from '../../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import {
  type NetworkOptions,
  networkPath,
  organisationGiven,
  passphraseOf,
  programs,
} from './network-options.ts';

/** Options of `holdfast ledger prepare`. */
export interface PrepareOptions extends NetworkOptions {
  readonly org: string;
  readonly host?: string;
  readonly listen?: string;
  readonly basePort: number;
  readonly ledger?: string;
  readonly chaincode?: string;
}

const LOOPBACK = { host: 'localhost', listen: '127.0.0.1' };

/** `holdfast ledger prepare`: one organisation's own part of a network across machines, and its card for the others. */
export async function prepare(options: PrepareOptions, output: Output): Promise<ExitCode> {
  const organisation = organisationGiven(options.org);
  const { id, data } = organisation;
  if (data === undefined)
    throw new CliError(
      EXIT.unusable,
      'usage',
      `Give ${id}=FOLDER, the data folder that holdfast init made: its authorities certify the processes.`,
    );
  const { host = LOOPBACK.host, listen = LOOPBACK.listen, basePort, ledger, chaincode } = options;
  const onProgress = (what: string) => output.progress(what);
  const { context, card, file } = await preparePart({
    ...{ path: networkPath(options), organisation: id, data, host, listen, basePort, ledger, chaincode },
    ...{ passphrase: passphraseOf([organisation]), ...programs(options, onProgress) },
  });
  const fingerprint = cardFingerprint(card);
  const { orderer, peer } = card.ports;
  output.result({
    organisation: id,
    data: context.folder.path,
    card: file,
    fingerprint,
    host,
    ports: card.ports,
  });
  output.line(
    `Prepared ${id}: orderer ${host}:${orderer}, peer ${host}:${peer}, both listening at ${listen}.`,
  );
  output.line(`Its card for the others, without any key:  ${file}`);
  output.line(`Fingerprint of the card, to be told by telephone:  ${fingerprint}`);
  return EXIT.done;
}
