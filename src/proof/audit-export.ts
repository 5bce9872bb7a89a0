import { toBase64 } from './bytes.ts';
import { ProofError } from './errors.ts';
import type { Event } from './event.ts';
import { sha256 } from './hash.ts';
import { canonicalBytes, canonicalize } from './jcs.ts';
import { integerOf, malformed, objectOf, textOf } from './json-shape.ts';
import { parseJsonKeepingDigits } from './json-text.ts';
import { type BundleItem, formatReceipt, parseReceipt } from './receipt.ts';
import { FAILURE_MESSAGES, type ReceiptRefused, type ReceiptVerdict } from './verdict.ts';
import { VerificationCache } from './verification-cache.ts';
import { type VerifyOptions, verifyReceipt } from './verifier.ts';

/** Names the format of an export. */
export const AUDIT_EXPORT_TYPE = 'holdfast/audit-export/v1';
/** Kind of the event by which an organisation stands for an export. */
export const AUDIT_EXPORT_KIND = 'audit-export';
const MANIFEST_TYPE = 'holdfast/audit-export-manifest/v1';
/** Events in one export: beyond it a period is exported in parts. */
const MAX_EXPORT_ITEMS = 100_000; // as many as a receipt bundle holds

/**
 * What an export is of. It is the content of an event of its own, so that the log's signature and the witnesses' cosignatures
 * are over it: nobody can leave an entry out, add one or change their order afterwards.
 */
export interface ExportManifest {
  readonly type: typeof MANIFEST_TYPE;
  readonly organisation: string;
  /** The patient whose events these are; absent for those of everybody. */
  readonly patient?: string;
  /** RFC 3339: the period asked for. */
  readonly from: string;
  readonly until: string;
  readonly count: number;
  /** Base64 of the SHA-256 over the JCS of the events, in their order. */
  readonly digest: string;
  /** Events that name other patients too: they are left out of what one patient is given. */
  readonly leftOut: number;
  readonly actor: string;
  readonly time: string;
}

/** An audit trail that can be checked by whoever holds it, without its organisation. */
export interface AuditExport {
  readonly policies: readonly string[];
  readonly manifest: BundleItem;
  readonly items: readonly BundleItem[];
}

/** The digest that a manifest holds of its events. */
export function exportDigest(events: readonly Event[]): string {
  return toBase64(sha256(canonicalBytes(events)));
}

/** A manifest's canonical text, as its event commits to it. */
export function manifestText(manifest: Omit<ExportManifest, 'type'>): string {
  return canonicalize({ type: MANIFEST_TYPE, ...manifest });
}

/** The export's JSON text. Contents are written as they are, so that no digit is lost. */
export function formatAuditExport({ policies, manifest, items }: AuditExport): string {
  const item = ({ receipt, content }: BundleItem) =>
    `{"receipt":${formatReceipt(receipt)}${content === undefined ? '' : `,"content":${content}`}}`;
  return (
    `{"version":1,"type":"${AUDIT_EXPORT_TYPE}","policies":${canonicalize(policies)},` +
    `"manifest":${item(manifest)},"items":[${items.map(item).join(',')}]}`
  );
}

/** Reads an export's JSON text. Throws `malformed`, `duplicate-name` or `too-large`. Verifies nothing. */
export function parseAuditExport(text: string): AuditExport {
  const value = objectOf(parseJsonKeepingDigits(text), 'audit export', [
    'version',
    'type',
    'policies',
    'manifest',
    'items',
  ]);
  if (value.version !== 1 || value.type !== AUDIT_EXPORT_TYPE)
    throw malformed('audit export', 'its version is not 1');
  const { policies, items } = value;
  if (!Array.isArray(policies) || !Array.isArray(items) || items.length > MAX_EXPORT_ITEMS)
    throw malformed('audit export', `it has no policies, or no list of at most ${MAX_EXPORT_ITEMS} items`);
  return {
    policies: policies.map((policy) => textOf(policy, 'audit export', /./)),
    manifest: itemOf(value.manifest),
    items: items.map(itemOf),
  };
}

function itemOf(value: unknown): BundleItem {
  const { receipt, content } = objectOf(value, 'audit export', ['receipt', 'content']);
  // Receipts hold integers only, and contents are compared by their digits.
  return { receipt: parseReceipt(canonicalize(receipt)), content: canonicalize(content) };
}

/** The verifier's answer about an export: `verdicts` are of the manifest and then of each item. */
export interface AuditExportVerdict {
  readonly ok: boolean;
  readonly manifest: ExportManifest;
  readonly verdicts: readonly ReceiptVerdict[];
}

/**
 * Verifies an export offline. A success proves that the organisation logged every event in it with exactly this content, and
 * that it stood for exactly these events, in this order, as what it was asked for. It does not prove that the organisation had no
 * others: only its log's size bounds that. Never throws on bad input.
 */
export function verifyAuditExport(
  text: string,
  options: Omit<VerifyOptions, 'content'>,
): AuditExportVerdict | ReceiptRefused {
  let read: AuditExport;
  let manifest: ExportManifest;
  try {
    read = parseAuditExport(text);
    manifest = parseManifest(read.manifest.content ?? '');
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return refused('receipt-malformed');
  }
  const cache = options.cache ?? new VerificationCache();
  const verdicts = [read.manifest, ...read.items].map(({ receipt, content = '' }) =>
    verifyReceipt(receipt, { ...options, cache, content }),
  );
  const events = read.items.map(({ receipt }) => receipt.event);
  const stands =
    read.manifest.receipt.event.kind === AUDIT_EXPORT_KIND &&
    read.manifest.receipt.event.organisation === manifest.organisation &&
    manifest.count === events.length &&
    manifest.digest === exportDigest(events) &&
    events.every(({ organisation }) => organisation === manifest.organisation);
  if (!stands) verdicts[0] = refused('manifest-mismatch');
  return { ok: verdicts.every((verdict) => verdict.ok), manifest, verdicts };
}

function parseManifest(text: string): ExportManifest {
  const value = objectOf(
    JSON.parse(text),
    'manifest',
    ['type', 'organisation', 'from', 'until', 'count', 'digest', 'leftOut', 'actor', 'time'],
    ['patient'],
  );
  if (value.type !== MANIFEST_TYPE) throw malformed('manifest', 'its version is not 1');
  integerOf(value.count, 'manifest');
  integerOf(value.leftOut, 'manifest');
  for (const name of ['organisation', 'from', 'until', 'digest', 'actor', 'time'])
    textOf(value[name], 'manifest', /./);
  return value as unknown as ExportManifest;
}

function refused(code: 'receipt-malformed' | 'manifest-mismatch'): ReceiptRefused {
  return { ok: false, code, message: FAILURE_MESSAGES[code] };
}
