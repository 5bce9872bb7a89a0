import type { LabelCoding } from '../consent/index.ts';
import { canonicalize, type JsonObject, parseJsonKeepingDigits } from '../proof/index.ts';
import { ExchangeError } from './errors.ts';

/** How far a custodian's answer reaches (FORMATS §6). */
export type ExchangeOutcome =
  | 'complete'
  | 'partial'
  | 'not-permitted'
  | 'unavailable'
  | 'stale'
  | 'proof-failed';

/** One record version on its way, text and receipt untouched. */
export interface CarriedRecord {
  readonly fullUrl: string;
  /** Labels that its source decides by, as `system|code`: those in its text and those it computed. */
  readonly labels: readonly string[];
  /** JSON text of the receipt. */
  readonly receipt: string;
  /** Canonical JSON text of the version: one line, digits as stored. */
  readonly text: string;
}

/** What accompanies Part 2 records (42 CFR 2.32): the notice, and both a copy of the consent and its scope in words. */
export interface Part2Notice {
  readonly text: string;
  readonly scope: string;
  readonly consent: JsonObject;
}

/** What a custodian sends. */
export interface FramedRecord {
  readonly outcome: 'complete' | 'partial';
  /** The highest labels of all that is sent (FHIR R4 §security-labels). */
  readonly security: readonly LabelCoding[];
  /** Present when Part 2 records are among it. */
  readonly notice?: Part2Notice | undefined;
  readonly records: readonly CarriedRecord[];
}

/**
 * A record as lines: a head, then for each version one line of `{ fullUrl, receipt }` and one of its text. Texts are
 * never parsed and written anew on the way, so that decimals keep their digits and receipts their content.
 */
export function frameRecord({ outcome, security, notice, records }: FramedRecord): string {
  const head = { type: 'holdfast/record/v1', outcome, count: records.length, security };
  // Canonical, so that a number in the consent keeps its digits.
  const last = notice === undefined ? '}' : `,"notice":${canonicalize({ ...notice })}}`;
  const lines = [`${JSON.stringify(head).slice(0, -1)}${last}`];
  for (const { fullUrl, labels, receipt, text } of records) {
    const members = JSON.stringify({ fullUrl, labels }).slice(0, -1);
    lines.push(`${members},"receipt":${receipt}}`, text);
  }
  return lines.join('\n');
}

const malformed = (cause?: unknown) =>
  new ExchangeError('proof-failed', 'The record of the member is malformed.', cause);

/** Labels of one record; a resource in practice has a handful. */
const MAX_LABELS = 64; // each is looked at in every decision

/** Labels as their source sent them; none from a member that sends none. */
function labelsIn(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.length <= MAX_LABELS;
  if (!isList || !value.every((each) => typeof each === 'string' && each.includes('|'))) throw malformed();
  return value;
}

function securityIn(value: unknown): readonly LabelCoding[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_LABELS) throw malformed();
  return value.map((each: unknown) => {
    const { system, code } = asObject(each);
    if (typeof system !== 'string' || typeof code !== 'string') throw malformed();
    return { system, code };
  });
}

function noticeIn(value: unknown): Part2Notice | undefined {
  if (value === undefined) return undefined;
  const { text, scope, consent } = asObject(value);
  if (typeof text !== 'string' || typeof scope !== 'string') throw malformed();
  return { text, scope, consent: asObject(consent) };
}

function asObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as JsonObject;
}

function carriedIn(head: string, text: string): CarriedRecord {
  const { fullUrl, labels, receipt } = JSON.parse(head) as Record<string, unknown>;
  if (typeof fullUrl !== 'string' || typeof receipt !== 'object' || receipt === null) throw malformed();
  return { fullUrl, labels: labelsIn(labels), receipt: JSON.stringify(receipt), text };
}

/** Reads what {@link frameRecord} wrote. Throws ExchangeError `proof-failed` on anything else: a cut one, a record twice. */
export function parseRecord(framed: string): FramedRecord {
  const [first = '', ...lines] = framed.split('\n');
  try {
    const { type, outcome, count, security, notice } = asObject(parseJsonKeepingDigits(first));
    const isFrame = type === 'holdfast/record/v1' && count === lines.length / 2;
    if (!isFrame || (outcome !== 'complete' && outcome !== 'partial')) throw malformed();
    const records: CarriedRecord[] = [];
    for (let at = 0; at < lines.length; at += 2)
      records.push(carriedIn(lines[at] ?? '', lines[at + 1] ?? ''));
    if (new Set(records.map(({ fullUrl }) => fullUrl)).size !== records.length) throw malformed();
    return { outcome, security: securityIn(security), notice: noticeIn(notice), records };
  } catch (error) {
    throw error instanceof ExchangeError ? error : malformed(error);
  }
}
