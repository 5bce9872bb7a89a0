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

interface Answered {
  readonly outcome: ExchangeOutcome;
  readonly records: readonly CheckedRecord[];
  readonly consent: string;
  readonly notice?: Part2Notice | undefined;
}

/** What a failure says of the member: refused, away, or not to be believed. */
export function outcomeOf(error: ExchangeError): ExchangeOutcome {
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

async function askUnder(
  { asker, trust }: NetworkReader,
  member: Member,
  { consent, handle }: AttachedLocator,
  context: Context,
): Promise<Answered> {
  const { organisation, url } = member;
  const { purposes } = context.principal;
  try {
    const answer = parseRecord(await ask(asker, member, 'record', { consent, handle, purposes }));
    const baseUrl = `${url}/orgs/${organisation}/fhir`;
    const records = await checkRecords(answer.records, organisation, baseUrl, await trust());
    return { outcome: answer.outcome, records, consent, notice: answer.notice };
  } catch (error) {
    if (error instanceof ExchangeError) return { outcome: outcomeOf(error), records: [], consent };
    // One member must not spoil the answers of the others, whatever it sends.
    context.services.onFault(error, context.trail.requestId);
    return { outcome: 'unavailable', records: [], consent };
  }
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
  if (outcomes.includes('proof-failed'))
    return { organisation, outcome: 'proof-failed', records: [], consents: [], notices: [] };
  const outcome = asked.length < locators.length ? 'partial' : combined(outcomes);
  const gave = answers.filter(({ records }) => records.length > 0);
  const records = new Map(gave.flatMap((each) => each.records.map((record) => [record.fullUrl, record])));
  const consents = gave.map(({ consent }) => consent);
  const notices = gave.flatMap(({ notice }) => notice ?? []);
  return { organisation, outcome, records: [...records.values()], consents, notices };
}
