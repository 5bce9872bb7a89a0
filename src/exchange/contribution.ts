import type { Context } from '../fhir/index.ts';
import { ask } from './ask.ts';
import { type CheckedRecord, checkRecords } from './check-record.ts';
import type { AttachedLocator } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import type { Member } from './member.ts';
import type { NetworkReader } from './network-reader.ts';
import { type ExchangeOutcome, type Part2Notice, parseRecord } from './record-frame.ts';

/** Grants of one custodian that are asked under for one patient; each costs it a release. */
const MAX_LOCATORS = 16; // far more than a patient gives one organisation

/** What one organisation contributed. */
export interface Contribution {
  readonly organisation: string;
  readonly outcome: ExchangeOutcome;
  readonly records: readonly CheckedRecord[];
  /** Consents under which it gave something. */
  readonly consents: readonly string[];
  /** What accompanies Part 2 records among them. */
  readonly notices: readonly Part2Notice[];
}

/** What one organisation contributed that gave nothing. */
export function nothingFrom(organisation: string, outcome: ExchangeOutcome): Contribution {
  return { organisation, outcome, records: [], consents: [], notices: [] };
}

/** What a member answered to one question, its records checked. */
interface Answered {
  readonly outcome: ExchangeOutcome;
  readonly records: readonly CheckedRecord[];
  readonly notice?: Part2Notice | undefined;
}

/** What a failure says of the member: refused, away, or not to be believed. */
function outcomeOf(error: ExchangeError): ExchangeOutcome {
  switch (error.code) {
    case 'not-permitted':
    case 'stale':
    case 'proof-failed':
      return error.code;
    case 'signature-missing':
    case 'signature-invalid':
    case 'digest-mismatch':
    case 'not-sealed':
      return 'proof-failed';
    default:
      return 'unavailable';
  }
}

/** Asks one member for a record and checks what it sends; whatever fails becomes an outcome. */
export async function answerOf(
  { asker, trust }: NetworkReader,
  member: Member,
  [route, question]: readonly ['record' | 'emergency', object],
  context: Context,
): Promise<Answered> {
  const { organisation, url } = member;
  try {
    const { outcome, records, notice } = parseRecord(await ask(asker, member, route, question));
    const baseUrl = `${url}/orgs/${organisation}/fhir`;
    return { outcome, records: await checkRecords(records, organisation, baseUrl, await trust()), notice };
  } catch (error) {
    if (error instanceof ExchangeError) return { outcome: outcomeOf(error), records: [] };
    // One member must not spoil the answers of the others, whatever it sends.
    context.services.onFault(error, context.trail.requestId);
    return { outcome: 'unavailable', records: [] };
  }
}

async function askUnder(
  reader: NetworkReader,
  member: Member,
  { consent, handle }: AttachedLocator,
  context: Context,
): Promise<Answered & { readonly consent: string }> {
  const { purposes } = context.principal;
  const answer = await answerOf(reader, member, ['record', { consent, handle, purposes }], context);
  return { ...answer, consent };
}

/** Of several refusals the first of these is told. */
const REFUSALS: readonly ExchangeOutcome[] = ['unavailable', 'stale', 'not-permitted'];

/** One outcome for all grants of a member. */
function combined(outcomes: readonly ExchangeOutcome[]): ExchangeOutcome {
  const gave = outcomes.filter((each) => each === 'complete' || each === 'partial');
  if (gave.length === 0) return REFUSALS.find((each) => outcomes.includes(each)) ?? 'not-permitted';
  // A grant that ended meanwhile takes nothing from what the others permit.
  const whole = outcomes.every((each) => each === 'complete' || each === 'not-permitted');
  return whole ? 'complete' : 'partial';
}

/** What one member gives under its grants for a patient; without any: `not-permitted`, and it is not asked. */
export async function fromMember(
  reader: NetworkReader,
  member: Member,
  locators: readonly AttachedLocator[],
  context: Context,
): Promise<Contribution> {
  const { organisation } = member;
  const asked = locators.slice(0, MAX_LOCATORS);
  const answers = await Promise.all(asked.map((each) => askUnder(reader, member, each, context)));
  const outcomes = answers.map(({ outcome }) => outcome);
  // A record that fails its proof taints the whole source: nothing of it is shown.
  if (outcomes.includes('proof-failed')) return nothingFrom(organisation, 'proof-failed');
  const outcome = asked.length < locators.length ? 'partial' : combined(outcomes);
  const gave = answers.filter(({ records }) => records.length > 0);
  const records = new Map(gave.flatMap((each) => each.records.map((record) => [record.fullUrl, record])));
  const consents = gave.map(({ consent }) => consent);
  const notices = gave.flatMap(({ notice }) => notice ?? []);
  return { organisation, outcome, records: [...records.values()], consents, notices };
}
