import { assembleGenesis } from '../../../ledger/index.ts';
import { openLedgerNetwork } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { cardAt, cardsInResult, tellCards } from './cards.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** Options of `holdfast ledger genesis`. */
export interface GenesisOptions extends NetworkOptions {
  readonly card: readonly string[];
  readonly blockMs?: number;
}

/** `holdfast ledger genesis`: block 0 of a channel across machines, out of the cards of those that begin it. */
export async function genesis(options: GenesisOptions, output: Output): Promise<ExitCode> {
  const cards = options.card.map(cardAt);
  const onProgress = (what: string) => output.progress(what);
  const context = await openLedgerNetwork(networkPath(options), programs(options, onProgress));
  onProgress('making block 0');
  const hash = await assembleGenesis(context, cards, options.blockMs);
  const { genesis: block } = context.folder;
  output.result({ block, hash, organisations: cardsInResult(cards) });
  output.line(`Block 0 of the channel:  ${block}`);
  output.line(`Its hash:  ${hash}`);
  output.line('Cards in it besides your own; compare each fingerprint by telephone:');
  tellCards(cards, output);
  output.line('Send it to all others. Everybody, you too, then runs: holdfast ledger join');
  return EXIT.done;
}
