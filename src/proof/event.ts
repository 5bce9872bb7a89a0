import { concat, utf8 } from './bytes.ts';
import { type Hash, hkdfSha256, hmacSha256 } from './hash.ts';
import { canonicalBytes } from './jcs.ts';
import { base64Of32, integerOf, malformed, objectOf, textOf } from './json-shape.ts';

/** What happened, as an entry of a log commits to it (FORMATS §2). Strings and integers only. */
export interface Event {
  v: 1;
  /** 32 hexadecimal digits. */
  id: string;
  /** `fhir.version`, `fhir.access`, `consent` and so on; any is accepted. */
  kind: string;
  /** RFC 3339 UTC with milliseconds: the organisation's claim. */
  time: string;
  /** The organisation that logged it. */
  organisation: string;
  /** Opaque. */
  actor: string;
  /** Such as `Observation/abc/_history/3`. */
  object: string;
  /** Base64 of the content commitment; absent when the event has no content. */
  content?: string;
  /** Height of the newest ledger block seen. */
  height: number;
  /** That block's hash, hexadecimal. */
  block: string;
}

const ID = /^[0-9a-f]{32}$/;
const BLOCK_HASH = /^[0-9a-f]{64}$/;
const ORGANISATION = /^[a-z][a-z0-9-]{1,31}$/;
/** Kinds are short identifiers; 64 characters leave room for any room's. */
const KIND = /^[a-z][a-z0-9.-]{0,63}$/;
/** Actor and object are opaque or references: at most 1,024 characters, no control characters, so that reports can print them. */
const OPAQUE = /^\P{Cc}{1,1024}$/u;

/** The event of a parsed JSON value. Throws `malformed` unless it has exactly the members of FORMATS §2 in their forms. */
export function parseEvent(value: unknown): Event {
  const required = ['v', 'id', 'kind', 'time', 'organisation', 'actor', 'object', 'height', 'block'];
  const event = objectOf(value, 'event', required, ['content']);
  if (event.v !== 1) throw malformed('event', 'its version is not 1');
  return {
    v: 1,
    id: textOf(event.id, 'event', ID),
    kind: textOf(event.kind, 'event', KIND),
    time: timeOf(event.time),
    organisation: textOf(event.organisation, 'event', ORGANISATION),
    actor: textOf(event.actor, 'event', OPAQUE),
    object: textOf(event.object, 'event', OPAQUE),
    ...(event.content !== undefined && { content: base64Of32(event.content, 'event') }),
    height: integerOf(event.height, 'event'),
    block: textOf(event.block, 'event', BLOCK_HASH),
  };
}

function timeOf(value: unknown): string {
  const text = textOf(value, 'event', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text)
    throw malformed('event', 'its time does not exist');
  return text;
}

const ENTRY_PREFIX = utf8('holdfast/entry/v1\n');
const CONTENT_PREFIX = utf8('holdfast/content/v1\n');
const CONTENT_SALT_PREFIX = utf8('holdfast/content-salt/v1\n');

/** What the salt authenticates: `holdfast/entry/v1\n` ‖ JCS(event). For callers with a faster HMAC than {@link entryCommitment}. */
function entryMessage(event: Event): Uint8Array {
  return concat(ENTRY_PREFIX, canonicalBytes(event));
}

/** The log entry of an event: HMAC-SHA-256(salt, {@link entryMessage}), 32 bytes. Without the salt it says nothing about the event (FORMATS §2). */
export function entryCommitment(salt: Uint8Array, event: Event): Hash {
  return hmacSha256(salt, entryMessage(event));
}

/** What the content salt authenticates: `holdfast/content/v1\n` ‖ canonical content. */
function contentMessage(canonicalContent: string): Uint8Array {
  return concat(CONTENT_PREFIX, utf8(canonicalContent));
}

/** The content commitment, whose base64 is an event's `content` (FORMATS §1). 32 bytes. */
export function contentCommitment(salt: Uint8Array, canonicalContent: string): Hash {
  return hmacSha256(salt, contentMessage(canonicalContent));
}

/** The content salt of an event, from the data key of its resource (FORMATS §1). 32 bytes; gone with the key. */
export function contentSalt(dataKey: Uint8Array, eventId: string): Uint8Array {
  return hkdfSha256(dataKey, undefined, concat(CONTENT_SALT_PREFIX, utf8(eventId)), 32);
}
