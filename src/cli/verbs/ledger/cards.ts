import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cardFingerprint, parseSignedCard, type SignedCard } from '../../../ledger/index.ts';
import type { Output } from '../../output.ts';

/** Reads a card that came from another machine. Throws NetworkError `network-invalid`. */
export function cardAt(file: string): SignedCard {
  return parseSignedCard(readFileSync(resolve(file), 'utf8'));
}

/** Says whose cards were given, so that a person compares the fingerprints with what the others tell by telephone. */
export function tellCards(cards: readonly SignedCard[], output: Output): void {
  for (const card of cards) output.line(`  ${card.id.padEnd(12)} ${card.host}  ${cardFingerprint(card)}`);
}

/** Organisations of cards with the their fingerprints, for scripts. */
export function cardsInResult(cards: readonly SignedCard[]) {
  return cards.map((card) => ({
    organisation: card.id,
    host: card.host,
    fingerprint: cardFingerprint(card),
  }));
}
