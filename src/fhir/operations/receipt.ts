import { toBase64 } from '../../proof/index.ts';
import type { Opening, StoredVersion } from '../../vault/index.ts';
import { note, reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { RECEIPT_TYPE, typeAlone } from '../media-type.ts';
import { versionJudge } from '../older-version.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { single } from '../query.ts';

/** FORMATS §6: how long a request waits for a covering cosigned checkpoint. */
const WAIT_MS = 3_000; // three publishing ticks
const RETRY_AFTER_SECONDS = 2; // two more ticks

const EVENT_ID = /^[0-9a-f]{32}$/;

const notFound = () => new FhirError('not-found', 'There is no such receipt, or you may not see it.');

/** Whose entry may be opened to the asker, and whether its content is theirs to check. */
interface Entitled {
  readonly object: string;
  readonly toContent: boolean;
}

/** The version whose receipt is asked for: deleted and erased ones have theirs too. Throws FhirError `not-found`. */
async function entitled(context: Context, type: string, id: string, version?: number): Promise<Entitled> {
  const reach = reachOf(context.principal, type, 'r');
  const stored: StoredVersion | undefined = await context.services.vault.read(type, id, version);
  if (stored === undefined) throw notFound();
  const object = `${type}/${id}/_history/${stored.version}`;
  if (stored.erased === true) {
    // Whose it was is gone with it: only who sees every patient's may know that it was there.
    if (reach.patientOnly !== undefined || reach.oneOf !== undefined) throw notFound();
    return { object, toContent: false };
  }
  const judged = await versionJudge(context, reach)(stored);
  if (judged === undefined) throw notFound();
  note(context, judged);
  return { object, toContent: judged.shown.redacted !== true };
}

/** The opening of a version's entry, or of a partial release to this very asker. Throws FhirError `not-found`. */
async function openingFor(
  { services, principal }: Context,
  { object, toContent }: Entitled,
  disclosure: string | undefined,
): Promise<Opening> {
  if (disclosure === undefined) {
    const opening = await services.vault.opening(object);
    if (opening === undefined) throw notFound();
    if (toContent) return opening;
    // The salt would let its holder test guesses at what was left out (FORMATS §1).
    const { contentSalt: _contentSalt, ...withoutSalt } = opening;
    return withoutSalt;
  }
  const opening = EVENT_ID.test(disclosure) ? await services.vault.opening(disclosure) : undefined;
  const isTheirs =
    opening?.event.kind === 'disclosure' &&
    opening.event.object === object &&
    opening.event.actor === principal.id;
  if (opening === undefined || !isTheirs) throw notFound();
  return opening;
}

/** Whether the proof alone is wanted: `text/plain` named before any JSON. */
function wantsText(accept: string | undefined): boolean {
  const named = (accept ?? '').split(',').map(typeAlone);
  return named.find((type) => type === 'text/plain' || type.endsWith('json')) === 'text/plain';
}

/** A receipt as JSON text (FORMATS §2); `proof` is a tlog-proof. */
export function receiptText({ event, salt, contentSalt }: Opening, proof: string): string {
  return JSON.stringify({
    version: 1,
    event,
    salt: toBase64(salt),
    ...(contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) }),
    proof,
  });
}

async function receipt(
  context: Context,
  { type, id, version, query, accept }: OperationCall,
): Promise<Answer> {
  if (type === undefined || id === undefined) throw notFound();
  const opening = await openingFor(
    context,
    await entitled(context, type, id, version),
    single(query, 'disclosure'),
  );
  const proof = await context.services.proofs.proofFor(opening.leaf, { waitMs: WAIT_MS });
  if (proof === undefined) return { status: 202, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
  if (wantsText(accept))
    return { status: 200, body: proof, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  return { status: 200, body: receiptText(opening, proof), headers: { 'content-type': RECEIPT_TYPE } };
}

/**
 * `$receipt` (FORMATS §6): the receipt of a version, or with `?disclosure=<event id>` of a partial release of it to the asker.
 * 202 with Retry-After while no cosigned checkpoint covers it.
 */
export const receiptOperation: Operation = {
  name: 'receipt',
  levels: ['instance', 'version'],
  types: [],
  affectsState: false,
  definition: 'urn:holdfast:operation:receipt',
  produces: [RECEIPT_TYPE, 'text/plain'],
  perform: receipt,
};
