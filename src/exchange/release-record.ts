import { timingSafeEqual } from 'node:crypto';
import { accessEvent } from '../audit/index.ts';
import { type Context, compartmentPage, type FhirServices, newTrail } from '../fhir/index.ts';
import { type Principal, parseScopes, purposeCodes } from '../identity/index.ts';
import { toBase64, utf8 } from '../proof/index.ts';
import type { Opening, StoredVersion } from '../vault/index.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import { handleFor } from './locator.ts';
import { type CarriedRecord, type ExchangeOutcome, frameRecord } from './record-frame.ts';
import type { ExchangeHandler } from './routes.ts';

/** FORMATS §6: how long the source waits for a checkpoint that covers all it sends. */
const WAIT_MS = 3_000; // three publishing ticks
/** Versions of one patient in one answer. */
const MAX_VERSIONS = 20_000; // several times the longest synthetic record
const PAGE = 500; // versions read at a time, so that others are served in between

/** What releasing a record to another member needs. */
export interface RecordSource {
  readonly services: FhirServices;
  readonly consents: ConsentDirectory;
  readonly handleKey: Uint8Array;
  /** True while this node can tell that its view of the ledger is recent enough (DESIGN §3). */
  readonly fresh: () => Promise<boolean>;
  /** Proofs of many leaves under one checkpoint; leaves it does not cover in time are absent. */
  readonly proofsFor: (
    leaves: readonly number[],
    options: { waitMs: number },
  ) => Promise<ReadonlyMap<number, string>>;
}

interface Question {
  readonly consent: string;
  readonly handle: string;
  readonly purposes: readonly string[];
}

function questionOf(value: unknown): Question {
  const { consent, handle, purposes } = (value ?? {}) as Partial<Question>;
  const valid =
    typeof consent === 'string' &&
    typeof handle === 'string' &&
    Array.isArray(purposes) &&
    purposes.length > 0;
  if (!valid || !purposes.every((each) => typeof each === 'string' && purposeCodes.includes(each))) {
    throw new ExchangeError('malformed', 'A record is asked for as { consent, handle, purposes }.');
  }
  return { consent, handle, purposes };
}

const notPermitted = () => new ExchangeError('not-permitted', 'Nothing here is permitted to you.');

/** The patient that the handle names. One refusal for no grant, a revoked grant, a wrong handle and no such patient. */
async function patientOf(source: RecordSource, asker: string, question: Question): Promise<string> {
  const grant = await source.consents.grant(question.consent);
  const expected = utf8(handleFor(source.handleKey, question.consent, asker));
  const given = utf8(question.handle);
  const matches = given.length === expected.length && timingSafeEqual(given, expected);
  if (grant === undefined || !matches || !grant.grantees.includes(asker)) throw notPermitted();
  if (source.consents.onLedger(question.consent)?.status !== 'active') throw notPermitted();
  return grant.patient;
}

/** The member as a principal: everything it may see comes from the decision, nothing from its scopes. */
function memberPrincipal(organisation: string, asker: string, purposes: readonly string[]): Principal {
  return {
    organisation,
    actorOrganisation: asker,
    kind: 'member',
    id: asker,
    scopes: parseScopes('system/*.rs'),
    purposes,
    tokenId: '',
  };
}

function contextFor(source: RecordSource, principal: Principal, requestId: string): Context {
  const { services } = source;
  const trail = newTrail(requestId);
  trail.principal = principal;
  trail.action = 'R';
  trail.subtype = 'network-everything';
  const time = services.now();
  const audit = (status: number) =>
    accessEvent({
      organisation: services.organisation,
      time,
      requestId,
      principal,
      action: trail.action,
      subtype: trail.subtype,
      type: 'Patient',
      searched: [],
      status,
      patients: [...trail.patients],
      objects: [...trail.objects],
      consents: [...trail.consents],
    });
  return { services, principal, trail, headers: {}, importing: false, time, audit };
}

async function collect(context: Context, patient: string): Promise<StoredVersion[]> {
  const versions: StoredVersion[] = [];
  let cursor: string | undefined;
  do {
    const page = await compartmentPage(context, patient, {
      count: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    versions.push(...page.versions);
    cursor = page.next;
  } while (cursor !== undefined && versions.length < MAX_VERSIONS);
  return versions;
}

function carried(baseUrl: string, stored: StoredVersion, opening: Opening, proof: string): CarriedRecord {
  const { event, salt, contentSalt } = opening;
  const receipt = {
    version: 1,
    event,
    salt: toBase64(salt),
    ...(contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) }),
    proof,
  };
  return {
    fullUrl: `${baseUrl}/${stored.type}/${stored.id}`,
    receipt: JSON.stringify(receipt),
    text: stored.text ?? '',
  };
}

/** Versions with receipts under one checkpoint that also covers `also` (the release's own entry). */
export async function withReceipts(
  source: Pick<RecordSource, 'services' | 'proofsFor'>,
  versions: readonly StoredVersion[],
  also: readonly number[],
): Promise<{ outcome: ExchangeOutcome; records: CarriedRecord[] }> {
  const { vault, baseUrl } = source.services;
  const opened: { stored: StoredVersion; opening: Opening }[] = [];
  for (const stored of versions) {
    const opening = await vault.opening(`${stored.type}/${stored.id}/_history/${stored.version}`);
    if (opening !== undefined) opened.push({ stored, opening });
  }
  const proofs = await source.proofsFor([...opened.map(({ opening }) => opening.leaf), ...also], {
    waitMs: WAIT_MS,
  });
  const records = opened.flatMap(({ stored, opening }) => {
    const proof = proofs.get(opening.leaf);
    return proof === undefined ? [] : [carried(baseUrl, stored, opening, proof)];
  });
  const whole = records.length === versions.length && also.every((leaf) => proofs.has(leaf));
  return { outcome: whole ? 'complete' : 'partial', records };
}

/**
 * Answers another member's question for a patient's record: fails closed when the view of the ledger is old, decides
 * each version, and has the release itself on disk before anything leaves.
 */
export function releaseRecord(source: RecordSource): ExchangeHandler {
  return async (asker, value, requestId) => {
    const question = questionOf(value);
    if (!(await source.fresh()))
      throw new ExchangeError('stale', 'This node cannot tell how recent its view of the ledger is.');
    const patient = await patientOf(source, asker.organisation, question);
    const principal = memberPrincipal(source.services.organisation, asker.organisation, question.purposes);
    const context = contextFor(source, principal, requestId);
    const versions = await collect(context, patient);
    const logged = await source.services.vault.commit({ audits: [context.audit(200)] });
    // A revocation may have come while the record was read: it wins.
    if (source.consents.onLedger(question.consent)?.status !== 'active') throw notPermitted();
    const { outcome, records } = await withReceipts(
      source,
      versions,
      logged.map((each) => each.leaf),
    );
    return frameRecord(outcome, records);
  };
}
