import { BREAK_GLASS } from '../consent/index.ts';
import {
  type Answer,
  type BundleEntry,
  bundleText,
  type Context,
  FhirError,
  type Operation,
  type OperationCall,
  permitted,
  RECEIPT_TYPE,
  reachWithin,
  readPermitted,
} from '../fhir/index.ts';
import { toBase64, utf8 } from '../proof/index.ts';
import { emergencyAsking, fromMemberInEmergency } from './ask-emergency.ts';
import type { CheckedRecord } from './check-record.ts';
import { type Contribution, fromMember } from './contribution.ts';
import type { NetworkReader } from './network-reader.ts';
import type { CarriedRecord, ExchangeOutcome } from './record-frame.ts';
import { readCompartment, withReceipts } from './record-receipts.ts';

/** Names the receipt on an entry (FORMATS §6). */
const RECEIPT_EXTENSION = 'urn:holdfast:receipt';
/** One resource a line: what a reader can show before the rest is here. */
const NDJSON = 'application/fhir+ndjson';

/** This organisation's own part, all of it under one checkpoint. */
async function ownPart(reader: NetworkReader, context: Context, patient: string): Promise<Contribution> {
  const { outcome, records } = await withReceipts(reader.source, await readCompartment(context, patient));
  const checked = records.map((each) => ({ ...each, facts: each.stored.facts }));
  return { organisation: context.services.organisation, outcome, records: checked, consents: [] };
}

async function gather(reader: NetworkReader, context: Context, patient: string): Promise<Contribution[]> {
  const { services, principal } = context;
  const emergency = principal.purposes.includes(BREAK_GLASS)
    ? services.emergencies?.openFor(principal, patient)
    : undefined;
  const asking =
    emergency === undefined ? undefined : await emergencyAsking(reader, context, patient, emergency);
  // Whoever broke the glass asks everybody, and waits for no ledger.
  if (asking !== undefined) {
    context.trail.isEmergency = true;
    const others = reader.asker.members.others();
    return Promise.all(others.map((member) => fromMemberInEmergency(reader, member, asking, context)));
  }
  const locators = reader.consents.locatorsOf(patient);
  const isFresh = locators.length === 0 || (await reader.source.fresh());
  return Promise.all(
    reader.asker.members.others().map((member) => {
      const mine = locators.filter(({ custodian }) => custodian === member.organisation);
      if (mine.length > 0 && !isFresh) {
        const { organisation } = member;
        return { organisation, outcome: 'stale' as const, records: [], consents: [] };
      }
      return fromMember(reader, member, mine, context);
    }),
  );
}

/**
 * The consents relied on when the asker may see what another member released to this organisation; undefined when not. The asker's
 * scopes and the patient's denials here hold for it too.
 */
function mayShow(context: Context, patient: string, { facts }: CheckedRecord): readonly string[] | undefined {
  const reach = reachWithin(context.principal, facts.type, 'r');
  // A scope restricted by search parameters is for records held here: of others only the facts are known at this place.
  if (reach === undefined || reach.oneOf !== undefined || (reach.patientOnly ?? patient) !== patient)
    return undefined;
  return permitted(context, facts, [patient]);
}

function recordEntry({ fullUrl, receipt, text }: CarriedRecord): BundleEntry {
  const valueAttachment = { contentType: RECEIPT_TYPE, data: toBase64(utf8(receipt)) };
  const extension = JSON.stringify([{ url: RECEIPT_EXTENSION, valueAttachment }]);
  return { fullUrl, resource: text, mode: 'match', extra: `"extension":${extension}` };
}

const WORDS: Record<ExchangeOutcome, string> = {
  complete: 'Everything that the grant permits.',
  partial: 'Part of what the grant permits: the rest could not be had, or proved, in time.',
  'not-permitted': 'No grant permits this.',
  unavailable: 'The organisation could not be reached.',
  stale: 'It cannot be told how recent the view of the ledger is.',
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

function requireNothingElse({ query, body }: OperationCall): void {
  const other = query.find(([name]) => name !== '_format' && name !== '_pretty')?.[0];
  if (other !== undefined || body !== '')
    throw new FhirError('search-unsupported', '$network-everything takes no parameters.', {
      expression: other?.slice(0, 100) ?? 'Parameters.parameter',
    });
}

/** The Bundle, or the same entries as lines: each line is a Bundle with one of them. */
function answerWith(
  context: Context,
  { id, accept }: OperationCall,
  entries: readonly BundleEntry[],
): Answer {
  if (accept?.toLowerCase().includes(NDJSON) === true) {
    const lines = entries.map((entry) => `${bundleText({ type: 'searchset' }, [entry])}\n`);
    return { status: 200, body: lines.join(''), headers: { 'content-type': NDJSON } };
  }
  const url = `${context.services.baseUrl}/Patient/${id}/$network-everything`;
  const links = [{ relation: 'self', url }];
  return { status: 200, body: bundleText({ type: 'searchset', links }, entries), headers: {} };
}

async function networkEverything(
  reader: NetworkReader,
  context: Context,
  call: OperationCall,
): Promise<Answer> {
  requireNothingElse(call);
  const patient = call.id ?? '';
  await readPermitted(context, 'Patient', patient);
  const [own, others] = await Promise.all([
    ownPart(reader, context, patient),
    gather(reader, context, patient),
  ]);
  const entries = own.records.map(recordEntry);
  for (const { records, consents } of others) {
    for (const consent of consents) context.trail.consents.add(consent);
    for (const record of records) {
      const relied = mayShow(context, patient, record);
      if (relied === undefined) continue;
      for (const consent of relied) context.trail.consents.add(consent);
      entries.push(recordEntry(record));
    }
  }
  // One outcome for each other member (FORMATS §6); one of its own only when its part is not whole.
  const outcomes = own.outcome === 'complete' ? others : [own, ...others];
  return answerWith(context, call, [...entries, ...outcomes.map(outcomeEntry)]);
}

/** `Patient/$network-everything` (FORMATS §6): a patient's record across organisations, each version with its checked receipt. */
export function networkEverythingOperation(reader: () => NetworkReader): Operation {
  return {
    name: 'network-everything',
    levels: ['instance'],
    types: ['Patient'],
    affectsState: false,
    alone: true,
    definition: 'urn:holdfast:operation:network-everything',
    produces: [NDJSON],
    perform: (context, call) => networkEverything(reader(), context, call),
  };
}
