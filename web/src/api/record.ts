import {
  fromBase64,
  fromUtf8,
  type ReceiptVerdict,
  VerificationCache,
  verifyReceipt,
} from '../../../src/proof/index.ts';
import type { Session } from '../session/session.ts';
import { text } from './http.ts';

/** A FHIR resource as far as the pages read it. */
export interface Resource {
  resourceType: string;
  id?: string;
  [element: string]: unknown;
}

/** One record version with its receipt, from whichever organisation has it. */
export interface RecordEntry {
  fullUrl: string;
  organisation: string;
  resource: Resource;
  /** JSON text exactly as received, for the proof. */
  resourceText: string;
  receipt: string | undefined;
}

/** How far an organisation's contribution reaches (FORMATS §6). */
export interface Contribution {
  asked: string;
  organisation: string;
  outcome: string;
}

/** A record across organisations. */
export interface NetworkRecord {
  entries: RecordEntry[];
  contributions: Contribution[];
}

interface BundleEntry {
  fullUrl?: string;
  resource: Resource;
  search?: { mode: string };
  extension?: { url: string; valueAttachment?: { data?: string } }[];
}

const organisationOf = (fullUrl: string): string => /\/orgs\/([^/]+)\/fhir\//.exec(fullUrl)?.[1] ?? 'unknown';

function receiptOf(entry: BundleEntry): string | undefined {
  const data = entry.extension?.find((each) => each.url === 'urn:holdfast:receipt')?.valueAttachment?.data;
  return data === undefined ? undefined : fromUtf8(fromBase64(data));
}

/** The resource's own text out of an ndjson line `{"resourceType":"Bundle",…,"entry":[{…"resource":<text>,"search":…`. */
function resourceTextOf(line: string): string {
  const start = line.indexOf('"resource":') + '"resource":'.length;
  let depth = 0;
  let inString = false;
  for (let at = start; at < line.length; at += 1) {
    const character = line[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return line.slice(start, at + 1);
    }
  }
  return '';
}

function readLine(line: string, asked: string, record: NetworkRecord): void {
  const entry = (JSON.parse(line) as { entry?: BundleEntry[] }).entry?.[0];
  if (entry === undefined) return;
  if (entry.search?.mode === 'outcome') {
    const issue = entry.resource.issue as
      | { details?: { coding?: { system: string; code: string }[] } }[]
      | undefined;
    const outcome = issue?.[0]?.details?.coding?.find(
      ({ system }) => system === 'urn:holdfast:exchange-outcome',
    )?.code;
    record.contributions.push({
      asked,
      organisation: entry.resource.id ?? '',
      outcome: outcome ?? 'unavailable',
    });
    return;
  }
  const fullUrl = entry.fullUrl ?? '';
  record.entries.push({
    fullUrl,
    organisation: organisationOf(fullUrl),
    resource: entry.resource,
    resourceText: resourceTextOf(line),
    receipt: receiptOf(entry),
  });
}

/** One patient's record as one organisation can gather it across the network. Throws ApiError. */
export async function fetchRecordAt(
  session: Session,
  organisation: string,
  patient: string,
): Promise<NetworkRecord> {
  const token = await session.token(organisation);
  const path = `/orgs/${organisation}/fhir/Patient/${patient}/$network-everything`;
  const lines = (await text(path, { token, accept: 'application/fhir+ndjson' }))
    .split('\n')
    .filter((line) => line !== '');
  const record: NetworkRecord = { entries: [], contributions: [] };
  for (const line of lines) readLine(line, organisation, record);
  return record;
}

/** The signed-in patient's record from every organisation that knows them, each version once. */
export async function fetchRecord(session: Session): Promise<NetworkRecord> {
  const parts = await Promise.all(
    session.records.map(({ organisation, patient }) => fetchRecordAt(session, organisation, patient)),
  );
  const entries = new Map<string, RecordEntry>();
  for (const part of parts) for (const entry of part.entries) entries.set(entry.fullUrl, entry);
  return { entries: [...entries.values()], contributions: parts.flatMap((part) => part.contributions) };
}

/** Verifies every receipt in this browser against a policy; undefined verdicts are records without one. */
export function verifyRecord(entries: readonly RecordEntry[], policy: string): Map<string, ReceiptVerdict> {
  const cache = new VerificationCache();
  const verdicts = new Map<string, ReceiptVerdict>();
  for (const entry of entries) {
    if (entry.receipt === undefined) continue;
    verdicts.set(
      entry.fullUrl,
      verifyReceipt(entry.receipt, { policies: [policy], content: entry.resourceText, cache }),
    );
  }
  return verdicts;
}

/** The network's newest trust policy. */
export const fetchPolicy = (): Promise<string> => text('/policy');
