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
  /** JSON text of the receipt. */
  readonly receipt: string;
  /** Canonical JSON text of the version: one line, digits as stored. */
  readonly text: string;
}

/** What a custodian sends. */
export interface FramedRecord {
  readonly outcome: 'complete' | 'partial';
  readonly records: readonly CarriedRecord[];
}

/**
 * A record as lines: a head, then for each version one line of `{ fullUrl, receipt }` and one of its text. Texts are
 * never parsed and written anew on the way, so that decimals keep their digits and receipts their content.
 */
export function frameRecord({ outcome, records }: FramedRecord): string {
  const lines = [JSON.stringify({ type: 'holdfast/record/v1', outcome, count: records.length })];
  for (const { fullUrl, receipt, text } of records) {
    lines.push(`{"fullUrl":${JSON.stringify(fullUrl)},"receipt":${receipt}}`, text);
  }
  return lines.join('\n');
}

const malformed = (cause?: unknown) =>
  new ExchangeError('proof-failed', 'The record of the member is malformed.', cause);

function carriedIn(head: string, text: string): CarriedRecord {
  const { fullUrl, receipt } = JSON.parse(head) as { fullUrl?: unknown; receipt?: unknown };
  if (typeof fullUrl !== 'string' || typeof receipt !== 'object' || receipt === null) throw malformed();
  return { fullUrl, receipt: JSON.stringify(receipt), text };
}

/** Reads what {@link frameRecord} wrote. Throws ExchangeError `proof-failed` on anything else: a cut one, a record twice. */
export function parseRecord(framed: string): FramedRecord {
  const [first = '', ...lines] = framed.split('\n');
  try {
    const { type, outcome, count } = JSON.parse(first) as {
      type?: unknown;
      outcome?: unknown;
      count?: unknown;
    };
    const isFrame = type === 'holdfast/record/v1' && count === lines.length / 2;
    if (!isFrame || (outcome !== 'complete' && outcome !== 'partial')) throw malformed();
    const records: CarriedRecord[] = [];
    for (let at = 0; at < lines.length; at += 2)
      records.push(carriedIn(lines[at] ?? '', lines[at + 1] ?? ''));
    if (new Set(records.map(({ fullUrl }) => fullUrl)).size !== records.length) throw malformed();
    return { outcome, records };
  } catch (error) {
    throw error instanceof ExchangeError ? error : malformed(error);
  }
}
