import { createHash } from 'node:crypto';
import { canonicalBytes, fromBase64, verifyEd25519 } from '../../../proof/index.ts';
import { assertCard } from './check-card.ts';
import { NetworkError } from './network-error.ts';
import type { OrganisationCard } from './organisation-card.ts';

/**
 * A card as a file that goes from machine to machine: signed with the organisation's `transaction` key, the one by which
 * `membership` knows it. So whoever admitted the organisation knows whose card it is, whatever way it came.
 */
export interface SignedCard extends OrganisationCard {
  /** An application for membership, from one that joins a ledger; whoever proposes it checks it. */
  readonly application?: unknown;
  /** Public `transaction` key of the organisation, base64 of 32 bytes (Ed25519). */
  readonly key: string;
  /** Over {@link cardMessage}, base64 of 64 bytes. */
  readonly signature: string;
}

/** A card before it is signed. */
export type UnsignedCard = Omit<SignedCard, 'signature'>;

const MAX_CARD_CHARACTERS = 64 * 1024; // six certificates and an application with its keys: a quarter of it

/** The bytes that an organisation signs. */
export function cardMessage({
  version,
  id,
  host,
  ports,
  authorities,
  orderer,
  application,
  key,
}: UnsignedCard): Uint8Array {
  const card = { version, id, host, ports, authorities, orderer, key };
  const whole = application === undefined ? card : { ...card, application };
  return canonicalBytes({ type: 'holdfast/organisation-card/v1', card: whole });
}

/**
 * By which two people compare a card: SHA-256 over everything that is signed, the key too, in pairs of digits. Certificates are public:
 * whoever takes over another's root still gets another fingerprint.
 */
export function cardFingerprint(card: UnsignedCard): string {
  const hash = createHash('sha256').update(cardMessage(card)).digest('hex').toUpperCase();
  return hash.replace(/..(?=.)/g, '$&:');
}

/**
 * Reads a signed card. Every certificate is checked against the card's own authorities, and the signature against its own key;
 * whose authorities and key they are is for `membership`, and for whoever compares the fingerprint. Throws NetworkError `network-invalid`.
 */
export function parseSignedCard(text: string): SignedCard {
  try {
    if (text.length > MAX_CARD_CHARACTERS) throw new Error('it is longer than any card');
    const card = JSON.parse(text) as SignedCard;
    assertCard(card);
    if (!verifyEd25519(fromBase64(card.key), cardMessage(card), fromBase64(card.signature)))
      throw new NetworkError(
        'network-invalid',
        'This organisation card is refused: its signature is not by its key.',
      );
    return card;
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    throw new NetworkError(
      'network-invalid',
      'This is no organisation card: ask for the file that holdfast ledger prepare wrote.',
      { cause },
    );
  }
}
