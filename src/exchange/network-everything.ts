import { BREAK_GLASS, decidableFacts, highWaterMark } from '../consent/index.ts';
import {
  type Answer,
  type BundleEntry,
  type BundleHead,
  bundleText,
  type Context,
  FhirError,
  type Operation,
  type OperationCall,
  permitted,
  RECEIPT_EXTENSION,
  RECEIPT_TYPE,
  reachWithin,
  readPermitted,
} from '../fhir/index.ts';
import { toBase64, utf8 } from '../proof/index.ts';
import { emergencyAsking, fromMemberInEmergency } from './ask-emergency.ts';
import type { CheckedRecord } from './check-record.ts';
import { type Contribution, fromMember, nothingFrom } from './contribution.ts';
import type { NetworkReader } from './network-reader.ts';
import { outcomeEntry } from './outcome-entry.ts';
import type { CarriedRecord } from './record-frame.ts';
import { readCompartment, withReceipts } from './record-receipts.ts';

/** One resource a line: what a reader can show before the rest is here. */
const NDJSON = 'application/fhir+ndjson';

/** This organisation's own part, all of it under one checkpoint. */
async function ownPart(reader: NetworkReader, context: Context, patient: string): Promise<Contribution> {
  const { outcome, records } = await withReceipts(
    reader.source,
    await readCompartment(context, patient),
    context,
  );
  const checked = records.map((each) => ({ ...each, facts: each.stored.facts }));
  const { organisation } = context.services;
  return { ...nothingFrom(organisation, outcome), records: checked };
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
      if (mine.length > 0 && !isFresh) return nothingFrom(member.organisation, 'stale');
      return fromMember(reader, member, mine, context);
    }),
  );
}

/**
 * What law asks for before notes or Part 2 records are used, their custodian has asked for: it let them go for this purpose under the
 * patient's consent to this organisation. Here the rest holds: policy, and what the patient denies.
 */
function asReceived(context: Context): Context {
  const { policy } = context.services;
  const law = { ...policy.law, protections: [] };
  return { ...context, services: { ...context.services, policy: { ...policy, law } } };
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

/** An entry of the answer with the labels of what is in it. */
interface LabelledEntry {
  readonly entry: BundleEntry;
  readonly labels: readonly string[];
}

function recordEntry({ fullUrl, receipt, text }: CarriedRecord, labels: readonly string[]): LabelledEntry {
  const valueAttachment = { contentType: RECEIPT_TYPE, data: toBase64(utf8(receipt)) };
  const extension = JSON.stringify([{ url: RECEIPT_EXTENSION, valueAttachment }]);
  return { entry: { fullUrl, resource: text, mode: 'match', extra: `"extension":${extension}` }, labels };
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
  entries: readonly LabelledEntry[],
): Answer {
  const bundle = (held: readonly LabelledEntry[], links?: BundleHead['links']) => {
    const security = highWaterMark(held.map(({ labels }) => labels));
    const head = { type: 'searchset' as const, security, ...(links === undefined ? {} : { links }) };
    return bundleText(
      head,
      held.map(({ entry }) => entry),
    );
  };
  if (accept?.toLowerCase().includes(NDJSON) === true) {
    const lines = entries.map((each) => `${bundle([each])}\n`);
    return { status: 200, body: lines.join(''), headers: { 'content-type': NDJSON } };
  }
  const url = `${context.services.baseUrl}/Patient/${id}/$network-everything`;
  const links = [{ relation: 'self', url }];
  return { status: 200, body: bundle(entries, links), headers: {} };
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
  const { policy } = context.services;
  const received = asReceived(context);
  const entries = own.records.map((record) => recordEntry(record, record.labels));
  for (const { records, consents } of others) {
    for (const consent of consents) context.trail.consents.add(consent);
    for (const record of records) {
      const relied = mayShow(received, patient, record);
      if (relied === undefined) continue;
      for (const consent of relied) context.trail.consents.add(consent);
      entries.push(recordEntry(record, decidableFacts(policy.labels, record.facts).labels));
    }
  }
  // One outcome for each other member (FORMATS §6); one of its own only when its part is not whole.
  const outcomes = own.outcome === 'complete' ? others : [own, ...others];
  const told = outcomes.map(({ organisation, outcome, notices }) => ({
    entry: outcomeEntry(organisation, outcome, notices),
    labels: [],
  }));
  return answerWith(context, call, [...entries, ...told]);
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
