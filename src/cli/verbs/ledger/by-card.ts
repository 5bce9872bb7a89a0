import { resolve } from 'node:path';
import { type NetworkContext, planFromCard } from '../../../ledger/index.ts';
import { admitByCard, applicationOn, openLedgerNetwork, signLedgerRotation } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { type AgreeOptions, agree, isAbout } from './agree.ts';
import { cardAt, cardsInResult, tellCards } from './cards.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** Options of a change that an organisation on another machine asks for by its card. */
export interface CardOptions extends NetworkOptions {
  readonly card: string;
  readonly update?: string;
}

function opened(options: NetworkOptions, output: Output): Promise<NetworkContext> {
  return openLedgerNetwork(
    networkPath(options),
    programs(options, (what) => output.progress(what)),
  );
}

const received = ({ update }: CardOptions) => (update === undefined ? undefined : resolve(update));

/** `holdfast ledger add-org --card`: takes in an organisation that runs on another machine; with `--propose` or `--approve` members agree on it first. */
export async function addByCard(options: CardOptions & AgreeOptions, output: Output): Promise<ExitCode> {
  const card = cardAt(options.card);
  const context = await opened(options, output);
  tellCards([card], output);
  if (isAbout(options)) {
    const expected = applicationOn(card);
    const change = { kind: 'join', organisation: card.id, application: () => expected, expected } as const;
    return agree(context, change, options, output);
  }
  const onProgress = (what: string) => output.progress(what);
  const { context: admitted, block } = await admitByCard(context, card, onProgress, received(options));
  const { genesis } = admitted.folder;
  output.result({ organisation: card.id, genesis, configuration: block, cards: cardsInResult([card]) });
  output.line(
    `${card.id} (${planFromCard(card, 0).host}) is in the channel. Give it these two files and your card:`,
  );
  output.line(`  ${genesis}\n  ${block}`);
  output.line('It runs: holdfast ledger join --block … --configuration … --card … for every member');
  return EXIT.done;
}

/** `holdfast ledger rotate --card`: signs the new certificates of an organisation that runs on another machine. */
export async function rotateByCard(options: CardOptions, output: Output): Promise<ExitCode> {
  const card = cardAt(options.card);
  const context = await opened(options, output);
  tellCards([card], output);
  output.progress(`the channel learns the new certificates of ${card.id}`);
  await signLedgerRotation(context, card, received(options));
  output.line(`The channel has the new certificates of ${card.id}, which now runs the same rotate again.`);
  output.result({ organisation: card.id, cards: cardsInResult([card]) });
  return EXIT.done;
}
