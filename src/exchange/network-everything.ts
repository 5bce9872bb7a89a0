import {
  type Answer,
  type BundleEntry,
  bundleText,
  type Context,
  compartmentPage,
  type Operation,
  type OperationCall,
  RECEIPT_TYPE,
  readPermitted,
} from '../fhir/index.ts';
import { toBase64, utf8 } from '../proof/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import { type Asker, ask } from './ask.ts';
import { checkRecords, type RecordTrust } from './check-record.ts';
import type { AttachedLocator, ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import type { Member } from './member.ts';
import { type CarriedRecord, type ExchangeOutcome, parseRecord } from './record-frame.ts';
import { type RecordSource, withReceipts } from './release-record.ts';

/** Names the receipt on an entry (FORMATS §6). */
const RECEIPT_EXTENSION = 'urn:holdfast:receipt';
const PAGE = 500; // own versions read at a time

/** What gathering a record across the network needs. */
export interface NetworkReader {
  readonly asker: Asker;
  readonly consents: ConsentDirectory;
  readonly source: RecordSource;
  /** What arriving receipts are checked against, by this node's newest view. */
  readonly trust: () => Promise<RecordTrust>;
}

/** What one organisation contributed. */
interface Contribution {
  readonly organisation: string;
  readonly outcome: ExchangeOutcome;
  readonly records: readonly CarriedRecord[];
}

async function fromMember(
  reader: NetworkReader,
  member: Member,
  locators: readonly AttachedLocator[],
  purposes: readonly string[],
): Promise<Contribution> {
  const { organisation } = member;
  if (locators.length === 0) return { organisation, outcome: 'not-permitted', records: [] };
  const records = new Map<string, CarriedRecord>();
  let outcome: ExchangeOutcome = 'not-permitted';
  for (const { consent, handle } of locators) {
    try {
      const answer = parseRecord(await ask(reader.asker, member, 'record', { consent, handle, purposes }));
      checkRecords(
        answer.records,
        organisation,
        `${member.url}/orgs/${organisation}/fhir`,
        await reader.trust(),
      );
      for (const record of answer.records) records.set(record.fullUrl, record);
      outcome = outcome === 'partial' ? 'partial' : answer.outcome;
    } catch (error) {
      const failed = outcomeOf(error);
      // A record that fails its proof taints the whole answer: nothing of this source is shown.
      if (failed === 'proof-failed') return { organisation, outcome: failed, records: [] };
      if (records.size === 0) outcome = failed;
    }
  }
  return { organisation, outcome, records: [...records.values()] };
}

function outcomeOf(error: unknown): ExchangeOutcome {
  if (!(error instanceof ExchangeError)) throw error;
  if (error.code === 'not-permitted' || error.code === 'stale' || error.code === 'unavailable')
    return error.code;
  return error.code === 'replayed' || error.code === 'clock-skew' ? 'unavailable' : 'proof-failed';
}

/** This organisation's own part, all of it under one checkpoint. */
async function ownRecords(
  reader: NetworkReader,
  context: Context,
  patient: string,
): Promise<readonly CarriedRecord[]> {
  const versions: StoredVersion[] = [];
  let cursor: string | undefined;
  do {
    const page = await compartmentPage(context, patient, {
      count: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    versions.push(...page.versions);
    cursor = page.next;
  } while (cursor !== undefined);
  return (await withReceipts(reader.source, versions, [])).records;
}

function recordEntry({ fullUrl, receipt, text }: CarriedRecord): BundleEntry {
  const valueAttachment = { contentType: RECEIPT_TYPE, data: toBase64(utf8(receipt)) };
  const extension = JSON.stringify([{ url: RECEIPT_EXTENSION, valueAttachment }]);
  return { fullUrl, resource: text, mode: 'match', extra: `"extension":${extension}` };
}

const WORDS: Record<ExchangeOutcome, string> = {
  complete: 'Everything that the grant permits.',
  partial: 'Part of what the grant permits: the rest has no covering checkpoint yet.',
  'not-permitted': 'No grant permits this.',
  unavailable: 'The organisation could not be reached.',
  stale: 'The organisation cannot tell how recent its view of the ledger is.',
  'proof-failed': 'What arrived did not verify and is not shown.',
};

function outcomeEntry({ organisation, outcome }: Contribution): BundleEntry {
  const good = outcome === 'complete';
  const coding = [
    { system: 'urn:holdfast:exchange-outcome', code: outcome },
    { system: 'urn:holdfast:organisation', code: organisation },
  ];
  const resource = JSON.stringify({
    resourceType: 'OperationOutcome',
    id: organisation,
    issue: [
      {
        severity: good ? 'information' : 'warning',
        code: good ? 'informational' : 'incomplete',
        details: { coding, text: WORDS[outcome] },
      },
    ],
  });
  return { resource, mode: 'outcome' };
}

async function gather(reader: NetworkReader, context: Context, patient: string): Promise<Contribution[]> {
  const locators = reader.consents.locatorsOf(patient);
  const fresh = await reader.source.fresh();
  return Promise.all(
    reader.asker.members.others().map(async (member) => {
      const mine = locators.filter((locator) => locator.custodian === member.organisation);
      if (mine.length > 0 && !fresh)
        return { organisation: member.organisation, outcome: 'stale' as const, records: [] };
      return fromMember(reader, member, mine, context.principal.purposes);
    }),
  );
}

async function networkEverything(
  reader: NetworkReader,
  context: Context,
  call: OperationCall,
): Promise<Answer> {
  const patient = call.id ?? '';
  await readPermitted(context, 'Patient', patient);
  const [own, contributions] = await Promise.all([
    ownRecords(reader, context, patient),
    gather(reader, context, patient),
  ]);
  for (const { records } of contributions)
    for (const record of records) context.trail.objects.add(record.fullUrl);
  for (const locator of reader.consents.locatorsOf(patient)) context.trail.consents.add(locator.consent);
  const entries = [
    ...own.map(recordEntry),
    ...contributions.flatMap((each) => each.records.map(recordEntry)),
    ...contributions.map(outcomeEntry),
  ];
  if (call.accept?.includes('application/fhir+ndjson') === true) {
    const lines = entries.map((entry) => bundleText({ type: 'searchset' }, [entry]));
    return {
      status: 200,
      body: `${lines.join('\n')}\n`,
      headers: { 'content-type': 'application/fhir+ndjson' },
    };
  }
  const self = `${context.services.baseUrl}/Patient/${patient}/$network-everything`;
  return {
    status: 200,
    body: bundleText({ type: 'searchset', links: [{ relation: 'self', url: self }] }, entries),
    headers: {},
  };
}

/** `Patient/$network-everything` (FORMATS §6): a patient's record across organisations, each version with its checked receipt. */
export function networkEverythingOperation(reader: () => NetworkReader): Operation {
  return {
    name: 'network-everything',
    levels: ['instance'],
    types: ['Patient'],
    affectsState: false,
    definition: 'urn:holdfast:operation:network-everything',
    perform: (context, call) => networkEverything(reader(), context, call),
  };
}
