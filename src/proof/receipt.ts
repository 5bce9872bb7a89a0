import { type Event, parseEvent } from './event.ts';
import { canonicalize } from './jcs.ts';
import { base64Of32, malformed, objectOf, textOf } from './json-shape.ts';
import { parseJsonKeepingDigits, parseStrictJson } from './json-text.ts';

/** Media type of a receipt. */
export const RECEIPT_MEDIA_TYPE = 'application/vnd.holdfast.receipt+json';
/** Most items in one bundle: an export beyond it is split, so that one file can be held and verified at once. */
const MAX_BUNDLE_ITEMS = 100_000;

/** Proof that an event is in a log, and with `contentSalt` what its content was (FORMATS §2). */
export interface Receipt {
  version: 1;
  event: Event;
  /** Base64 of 32 bytes: opens the log entry. */
  salt: string;
  /** Base64 of 32 bytes: opens the content commitment. Given only to those entitled to the content. */
  contentSalt?: string;
  /** C2SP tlog-proof text without an extra line. */
  proof: string;
}

/** The receipt of a JSON text or parsed value. Throws `malformed`, `duplicate-name` or `too-large`. The proof inside is not read yet. */
export function parseReceipt(value: unknown): Receipt {
  return receiptOf(typeof value === 'string' ? parseStrictJson(value) : value);
}

function receiptOf(value: unknown): Receipt {
  const receipt = objectOf(value, 'receipt', ['version', 'event', 'salt', 'proof'], ['contentSalt']);
  if (receipt.version !== 1) throw malformed('receipt', 'its version is not 1');
  return {
    version: 1,
    event: parseEvent(receipt.event),
    salt: base64Of32(receipt.salt, 'receipt'),
    ...(receipt.contentSalt !== undefined && {
      contentSalt: base64Of32(receipt.contentSalt, 'receipt'),
    }),
    proof: textOf(receipt.proof, 'receipt', /./),
  };
}

/** The receipt's JSON text, canonical. */
export function formatReceipt(receipt: Receipt): string {
  return canonicalize(receipt);
}

/** A receipt with the content it is about, where the holder has it. */
export interface BundleItem {
  receipt: Receipt;
  /** JSON text of the content, every digit as in the file. */
  content?: string;
}

/** Receipts with their contents, and the policies they were made under (FORMATS §2). */
export interface ReceiptBundle {
  version: 1;
  /** For the reader's information: never trusted by themselves. */
  policies: readonly string[];
  items: readonly BundleItem[];
}

/** Reads a bundle's JSON text. Throws `malformed`, `duplicate-name`, or `too-large` beyond {@link MAX_BUNDLE_ITEMS}. */
export function parseReceiptBundle(text: string): ReceiptBundle {
  const bundle = objectOf(parseJsonKeepingDigits(text), 'receipt bundle', ['version', 'policies', 'items']);
  const { policies, items } = bundle;
  if (bundle.version !== 1) throw malformed('receipt bundle', 'its version is not 1');
  if (!Array.isArray(policies) || !Array.isArray(items))
    throw malformed('receipt bundle', 'policies or items is no array');
  if (items.length > MAX_BUNDLE_ITEMS)
    throw malformed('receipt bundle', `it has more than ${MAX_BUNDLE_ITEMS} items`);
  return {
    version: 1,
    policies: policies.map((policy) => textOf(policy, 'receipt bundle', /./)),
    items: items.map((value: unknown) => {
      const item = objectOf(value, 'receipt bundle', ['receipt'], ['content']);
      const receipt = receiptOf(item.receipt);
      return { receipt, ...(item.content !== undefined && { content: canonicalize(item.content) }) };
    }),
  };
}

/** The bundle's JSON text. Contents are written as they are, so that no digit is lost; they must be JSON. */
export function formatReceiptBundle(bundle: ReceiptBundle): string {
  const items = bundle.items.map(({ receipt, content }) => {
    const tail = content === undefined ? '' : `,"content":${content}`;
    return `{"receipt":${formatReceipt(receipt)}${tail}}`;
  });
  return `{"version":1,"policies":${canonicalize(bundle.policies)},"items":[${items.join(',')}]}`;
}
