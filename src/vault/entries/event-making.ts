import { randomBytes, randomId } from '../../crypto/index.ts';
import type { Event } from '../../proof/index.ts';
import { VaultError } from '../error.ts';
import type { PreparedEntry } from '../writing/member.ts';
import { type ContentSalts, contentCommitment, entryCommitment } from './commitments.ts';
import { eventText } from './event-text.ts';

const SALT_BYTES = 32; // FORMATS §2
const ID = /^[0-9a-f]{32}$/;
const KIND = /^[a-z][a-z0-9.-]{0,63}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** As proof reads them: opaque, no control character, at most 1,024 characters. Printable ASCII is told first, and quicker. */
const OPAQUE = /^\P{Cc}{1,1024}$/u;
const ASCII = /^[ -~]{1,1024}$/;

/** Newest ledger block seen. */
export interface LedgerHead {
  readonly height: number;
  /** Hash, hexadecimal. */
  readonly block: string;
}

/** What an event says, before it has an id and commitments. */
export interface EventDraft {
  readonly entry: number;
  readonly id?: string;
  readonly kind: string;
  readonly object: string;
  readonly actor: string;
  readonly time: string;
  /** What it commits to, with the content salts of the key it is kept under. */
  readonly content?: { readonly text: string; readonly salts: ContentSalts };
  /** What of it is kept with the entry. */
  readonly kept?: { readonly content: string; readonly patients?: readonly string[] };
}

/** Makes the event, its salt and its commitment (FORMATS §2). Throws `VaultError` `malformed`. */
export function makeEntry(draft: EventDraft, organisation: string, head: LedgerHead): PreparedEntry {
  requireForm(draft);
  const { entry, kind, object, actor, time, content, kept } = draft;
  const id = draft.id ?? randomId();
  const commitment =
    content === undefined ? undefined : contentCommitment(content.salts.of(id), content.text);
  const event: Event = {
    v: 1,
    id,
    kind,
    time,
    organisation,
    actor,
    object,
    ...(commitment === undefined ? {} : { content: commitment.toString('base64') }),
    height: head.height,
    block: head.block,
  };
  const text = eventText(event);
  const salt = randomBytes(SALT_BYTES);
  const patients = kept?.patients;
  const record = {
    event: text,
    salt: salt.toString('base64'),
    ...(patients === undefined ? {} : { patients }),
    content: kept?.content ?? '',
  };
  return { entry, eventId: id, object, record, commitment: entryCommitment(salt, text) };
}

function isOpaque(text: string): boolean {
  return ASCII.test(text) || OPAQUE.test(text);
}

/** Requests of one millisecond share their time: the last one found right is not looked at again. */
let lastTime = '';

function isTime(time: string): boolean {
  if (time === lastTime) return true;
  if (!TIME.test(time) || Number.isNaN(Date.parse(time))) return false;
  lastTime = time;
  return true;
}

function requireForm({ id, kind, object, actor, time, kept }: EventDraft): void {
  const wrong =
    (id !== undefined && !ID.test(id) && 'id') ||
    (!KIND.test(kind) && 'kind') ||
    (!isOpaque(object) && 'object') ||
    (!isOpaque(actor) && 'actor') ||
    (!isTime(time) && 'time') ||
    (kept?.content.includes('\n') === true && 'content');
  if (wrong !== false)
    throw new VaultError('malformed', `An event's ${wrong} is not of its form (FORMATS §2).`);
}
