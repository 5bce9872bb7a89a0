import { resolve } from 'node:path';
import {
  adoptChannel,
  blockHash,
  deployChaincode,
  isNewcomer,
  joinNetwork,
  joinRunningChannel,
  type NetworkContext,
  startSupervisor,
} from '../../../ledger/index.ts';
import { openLedgerNetwork } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { superviseCommand } from './bring-up.ts';
import { cardAt, cardsInResult, tellCards } from './cards.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** Options of `holdfast ledger join`. */
export interface JoinOptions extends NetworkOptions {
  readonly block: string;
  readonly configuration?: string;
  readonly card: readonly string[];
}

/** Operators run their commands one after the other. */
const OTHERS_WITHIN_MS = 900_000; // a quarter of an hour, as for the founding of the ledger

/** `holdfast ledger join`: checks a channel's block against the cards, starts the own processes and joins them; waits for the others. */
export async function join(options: JoinOptions, output: Output): Promise<ExitCode> {
  const path = networkPath(options);
  const cards = options.card.map(cardAt);
  const onProgress = (what: string) => output.progress(what);
  const { binaries, environment } = programs(options, onProgress);
  const prepared = await openLedgerNetwork(path, { binaries, environment, onProgress });
  onProgress('holding the block against the cards');
  const configuration = options.configuration === undefined ? undefined : resolve(options.configuration);
  const context = await adoptChannel(prepared, { genesis: resolve(options.block), configuration, cards });
  output.line('The channel is what these cards say; compare each fingerprint by telephone:');
  tellCards(cards, output);
  startSupervisor(path, superviseCommand(path, binaries));
  const joined = await joinChannel(context, onProgress);
  const organisations = joined.description.hosted.map((id) => ({
    id,
    profile: joined.folder.organisation(id).profile,
  }));
  const hash = blockHash(joined.folder.genesis);
  output.result({
    data: path,
    block: hash,
    chaincode: joined.description.chaincode?.version,
    cards: cardsInResult(cards),
    organisations,
  });
  output.line(`Joined the channel whose block 0 is ${hash}.`);
  for (const { id, profile } of organisations) output.line(`  ${id.padEnd(12)} ${profile}`);
  output.line(`How it is:  holdfast ledger status --data ${path}`);
  return EXIT.done;
}

async function joinChannel(
  context: NetworkContext,
  onProgress: (what: string) => void,
): Promise<NetworkContext> {
  if (isNewcomer(context)) return joinRunningChannel(context, onProgress);
  await joinNetwork(context, onProgress, OTHERS_WITHIN_MS);
  return deployChaincode(context, onProgress, OTHERS_WITHIN_MS);
}
