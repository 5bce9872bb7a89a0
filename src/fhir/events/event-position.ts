import { open, seal } from '../../crypto/index.ts';
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../../proof/index.ts';
import type { Vault } from '../../vault/index.ts';
import { FhirError } from '../errors.ts';

/** A client that was away for longer reads what changed by search (`_lastUpdated`). */
const POSITION_LIFETIME_MS = 24 * 60 * 60 * 1000; // a night, and what a hospital writes in it is judged in a minute
/** Longer than any that was given: not worth opening. */
const MAX_POSITION_CHARACTERS = 1_024; // headers are bounded; a position has some 300
/** Bound into every position, so that no other sealed thing can pass for one. */
const POSITION_CONTEXT = utf8('holdfast/event-position/v1');

/** A position that no other is longer than, but for who was told. */
const LONGEST = {
  entry: Number.MAX_SAFE_INTEGER,
  event: 'f'.repeat(32),
  atMs: Number.MAX_SAFE_INTEGER,
};

/** How far somebody was told: up to an entry of the vault, which has the event of this id. */
export interface EventPosition {
  readonly entry: number;
  /** Entries of a restored vault may have the numbers of lost ones; their events never have the same id. */
  readonly event: string;
  /** When its reader was told so far, where that was before this stream: coming again does not make it younger. Milliseconds since 1970. */
  readonly sinceMs?: number;
}

/** The position at an entry. */
export async function positionAt(vault: Pick<Vault, 'eventAt'>, entry: number): Promise<EventPosition> {
  return { entry, event: (await vault.eventAt(entry)) ?? '' };
}

/** Who was told, and when. */
export interface Told {
  /** The principal's id. */
  readonly asker: string;
  readonly atMs: number;
}

/**
 * A position as an event's `id`: sealed, because entries count what others write, and only for who was told. No two are alike and all of
 * one asker have one length, so that two ids say nothing of what lies between.
 */
export function sealPosition(
  key: Uint8Array,
  { entry, event, sinceMs }: EventPosition,
  { asker, atMs }: Told,
): string {
  const content = JSON.stringify({ entry, event, asker, atMs: sinceMs ?? atMs });
  // A number of one more digit must not show. White space may follow a value (RFC 8259 §2).
  const ofOneLength = content.padEnd(JSON.stringify({ ...LONGEST, asker }).length);
  return toBase64Url(seal(key, utf8(ofOneLength), POSITION_CONTEXT));
}

/** The one refusal of a position, whatever is wrong with it. */
export function positionExpired(): FhirError {
  return new FhirError(
    'position-expired',
    'This Last-Event-ID is not valid any more: begin anew without one, and search for what changed meanwhile.',
  );
}

/** Opens a `Last-Event-ID`. Throws FhirError `position-expired` for one that is old, altered, or another principal's: they look the same. */
export function openPosition(key: Uint8Array, text: string, { asker, atMs }: Told): EventPosition {
  if (text.length > MAX_POSITION_CHARACTERS) throw positionExpired();
  let content: EventPosition & Told;
  try {
    content = JSON.parse(fromUtf8(open(key, fromBase64Url(text), POSITION_CONTEXT)));
  } catch {
    throw positionExpired();
  }
  if (content.asker !== asker || content.atMs + POSITION_LIFETIME_MS < atMs) throw positionExpired();
  return { entry: content.entry, event: content.event, sinceMs: content.atMs };
}
