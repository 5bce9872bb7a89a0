import { highWaterMark, PART_2_LABELS, PART_2_NOTICE, scopeInWords } from '../consent/index.ts';
import { type Context, type FhirServices, newTrail, requestContext } from '../fhir/index.ts';
import { purposeCodes } from '../identity/index.ts';
import type { ConsentDirectory, CustodianGrant } from './consent-directory.ts';
import { ExchangeError, notPermitted } from './errors.ts';
import { grantOfHandle, type NamedGrant } from './grant-of-handle.ts';
import type { Member } from './member.ts';
import { memberPrincipal } from './member-principal.ts';
import { permittingOnly } from './permitting-only.ts';
import { frameRecord, type Part2Notice } from './record-frame.ts';
import {
  type ReceiptedVersion,
  type ReceiptSource,
  readCompartment,
  withReceipts,
} from './record-receipts.ts';
import type { ExchangeHandler } from './routes.ts';
import { isHere } from './sought-patient.ts';
import { stillPermitted } from './still-permitted.ts';

/** Purposes in one question; nobody acts for more at once. */
const MAX_PURPOSES = 16; // each is decided for every version

/** What releasing a record to another member needs. */
export interface RecordSource extends ReceiptSource {
  readonly services: FhirServices;
  readonly consents: ConsentDirectory;
  readonly handleKey: Uint8Array;
  /** True while this node can tell that its view of the ledger is recent enough (DESIGN §3). */
  readonly fresh: () => Promise<boolean>;
}

interface Question extends NamedGrant {
  readonly purposes: readonly string[];
}

function questionOf(value: unknown): Question {
  const { consent, handle, purposes } = (value ?? {}) as Partial<Question>;
  const valid =
    typeof consent === 'string' &&
    typeof handle === 'string' &&
    Array.isArray(purposes) &&
    purposes.length > 0 &&
    purposes.length <= MAX_PURPOSES;
  if (!valid || !purposes.every((each) => typeof each === 'string' && purposeCodes.includes(each))) {
    throw new ExchangeError('malformed', 'A record is asked for as { consent, handle, purposes }.');
  }
  return { consent, handle, purposes };
}

async function requireFresh(source: RecordSource): Promise<void> {
  if (!(await source.fresh()))
    throw new ExchangeError('stale', 'This node cannot tell how recent its view of the ledger is.');
}

function requireActive({ consents }: RecordSource, consent: string): void {
  if (consents.onLedger(consent)?.status !== 'active') throw notPermitted();
}

/** The grant that the handle belongs to. One refusal for no grant, a revoked grant, a wrong handle and no such patient. */
async function grantFor(source: RecordSource, asker: string, question: Question): Promise<CustodianGrant> {
  const grant = await grantOfHandle(source, asker, question);
  if (grant === undefined) throw notPermitted();
  requireActive(source, question.consent);
  if (!(await isHere(source.services.vault, grant.patient))) throw notPermitted();
  return grant;
}

/**
 * The decision's view of the patient's consents for one release: only the one that is asked under permits, all others still deny.
 * Else a handle of one grant would open what another one permits.
 */
const underOneConsent = (services: FhirServices, { id, patient }: CustodianGrant): FhirServices =>
  permittingOnly(services, (consent, of) => of !== patient || consent.id === id);

/** The member's request as a FHIR request: everything it may see comes from the decision, nothing from its scopes. */
function releaseContext(
  source: RecordSource,
  grant: CustodianGrant,
  asker: Member,
  purposes: readonly string[],
  requestId: string,
): Context {
  const trail = newTrail(requestId);
  trail.action = 'R';
  trail.subtype = 'network-everything';
  trail.type = 'Patient';
  const principal = memberPrincipal(source.services.organisation, asker.organisation, purposes);
  return requestContext(underOneConsent(source.services, grant), principal, trail);
}

/** What accompanies what is sent under a grant: the notice of 42 CFR 2.32 when a Part 2 record is among it. */
function noticeFor(
  { consent }: CustodianGrant,
  records: readonly ReceiptedVersion[],
): Part2Notice | undefined {
  const isPart2 = records.some(({ labels }) => labels.some((label) => PART_2_LABELS.includes(label)));
  return isPart2 ? { text: PART_2_NOTICE, scope: scopeInWords(consent), consent } : undefined;
}

/**
 * Answers another member's question for a patient's record: fails closed when the view of the ledger is old, decides
 * each version, and has the release itself on disk before anything leaves.
 */
export function releaseRecord(source: RecordSource): ExchangeHandler {
  return async (asker, value, requestId) => {
    const question = questionOf(value);
    await requireFresh(source);
    const grant = await grantFor(source, asker.organisation, question);
    const newContext = () => releaseContext(source, grant, asker, question.purposes, requestId);
    const found = await readCompartment(newContext(), grant.patient);
    const { outcome, records } = await withReceipts(source, found, newContext());
    // The receipts may have taken seconds: what counts is what is permitted now, and only that is named in the entry.
    await requireFresh(source);
    requireActive(source, question.consent);
    const context = newContext();
    const { left: released, changed } = stillPermitted(context, records);
    await source.services.vault.commit({ audits: context.audits(200) });
    // A revocation may have come while the entry was written: it wins.
    requireActive(source, question.consent);
    const last = newContext();
    const { left: sent, changed: changedSince } = stillPermitted(last, released);
    return frameRecord({
      outcome: changed || changedSince ? 'partial' : outcome,
      security: highWaterMark(sent.map(({ labels }) => labels)),
      notice: noticeFor(grant, sent),
      records: sent,
    });
  };
}
