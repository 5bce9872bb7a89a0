import {
  type Context,
  compartmentPage,
  type FhirServices,
  labelsOf,
  receiptText,
  release,
  type Shown,
} from '../fhir/index.ts';
import type { CarriedRecord } from './record-frame.ts';

/** FORMATS §6: how long the source waits for a checkpoint that covers all it sends. */
const WAIT_MS = 3_000; // three publishing ticks
/** Versions of one patient in one answer. */
const MAX_VERSIONS = 20_000; // several times the longest synthetic record
/** Characters of one patient's versions in one answer. */
const MAX_CHARACTERS = 64 * 1024 * 1024; // with receipts it stays below what a member takes
const PAGE = 500; // versions read at a time, so that others are served in between

/** Where receipts come from. */
export interface ReceiptSource {
  readonly services: Pick<FhirServices, 'vault' | 'baseUrl'>;
  /** Proofs of many leaves under one checkpoint; leaves it does not cover in time are absent. */
  readonly proofsFor: (
    leaves: readonly number[],
    options: { waitMs: number },
  ) => Promise<ReadonlyMap<number, string>>;
}

/** The permitted versions of one patient's compartment. */
export interface FoundVersions {
  readonly versions: readonly Shown[];
  /** There are more than one answer holds. */
  readonly cut: boolean;
}

/** Everything of one patient that the decision permits, up to what one answer holds; noted on the context's trail. */
export async function readCompartment(context: Context, patient: string): Promise<FoundVersions> {
  const versions: Shown[] = [];
  let cursor: string | undefined;
  let characters = 0;
  do {
    const page = await compartmentPage(context, patient, { count: PAGE, cursor });
    for (const shown of page.versions) {
      characters += shown.text?.length ?? 0;
      if (characters > MAX_CHARACTERS || versions.length >= MAX_VERSIONS) return { versions, cut: true };
      versions.push(shown);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return { versions, cut: false };
}

/** A version on its way, with what the decision needs to be made again. */
export type ReceiptedVersion = CarriedRecord & { readonly stored: Shown };

/** Versions with their receipts. */
export interface ReceiptedRecord {
  /** `partial` when some were left out: too many, or not covered by a checkpoint in time. */
  readonly outcome: 'complete' | 'partial';
  readonly records: readonly ReceiptedVersion[];
}

/** Versions with receipts under one checkpoint; what none covers in time is left out. */
export async function withReceipts(
  { services, proofsFor }: ReceiptSource,
  { versions, cut }: FoundVersions,
  context: Context,
): Promise<ReceiptedRecord> {
  const { vault, baseUrl } = services;
  const released = versions.flatMap((stored) =>
    stored.text === undefined ? [] : [{ stored, ...release(context, { ...stored, text: stored.text }, {}) }],
  );
  // What leaves in part has an event of its own, durable before its receipt can be had (FORMATS §2).
  const events = released.flatMap(({ event }) => event ?? []);
  if (events.length > 0) await vault.commit({ events });
  const opened = [];
  for (const { stored, text, event } of released) {
    const object = `${stored.type}/${stored.id}/_history/${stored.version}`;
    const opening = await vault.opening(event?.id ?? object);
    if (opening !== undefined) opened.push({ stored, opening, text });
  }
  const leaves = opened.map(({ opening }) => opening.leaf);
  const proofs =
    leaves.length === 0 ? new Map<number, string>() : await proofsFor(leaves, { waitMs: WAIT_MS });
  const records = opened.flatMap(({ stored, opening, text }) => {
    const proof = proofs.get(opening.leaf);
    const fullUrl = `${baseUrl}/${stored.type}/${stored.id}`;
    if (proof === undefined) return [];
    const labels = labelsOf(context, { ...stored, text });
    return [{ fullUrl, labels, receipt: receiptText(opening, proof), text, stored }];
  });
  return { outcome: cut || records.length < versions.length ? 'partial' : 'complete', records };
}
