import { toBase64 } from '../../proof/index.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { readPermitted } from '../interactions/read.ts';
import type { Operation, OperationCall } from '../operation.ts';

/** FORMATS §6: how long a request waits for a covering cosigned checkpoint. */
const WAIT_MS = 3_000; // three publishing ticks
const RETRY_AFTER_SECONDS = 2; // two more ticks
/** Media type of a receipt (FORMATS §2). */
export const RECEIPT_TYPE = 'application/vnd.holdfast.receipt+json';

const notFound = () => new FhirError('not-found', 'There is no such receipt, or you may not see it.');

async function receipt(context: Context, call: OperationCall): Promise<Answer> {
  const { type, id, version, query } = call;
  if (type === undefined || id === undefined) throw notFound();
  const disclosure = query.find(([name]) => name === 'disclosure')?.[1];
  const stored = await readPermitted(context, type, id, version);
  const object = `${type}/${id}/_history/${stored.version}`;
  const opening = await context.services.vault.opening(disclosure ?? object);
  if (opening === undefined || (disclosure !== undefined && opening.event.object !== object))
    throw notFound();
  const proof = await context.services.proofs.proofFor(opening.leaf, { waitMs: WAIT_MS });
  if (proof === undefined) {
    return { status: 202, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
  }
  if (call.accept !== undefined && /^\s*text\/plain/.test(call.accept)) {
    return { status: 200, body: proof, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  }
  const body = {
    version: 1,
    event: opening.event,
    salt: toBase64(opening.salt),
    ...(opening.contentSalt === undefined ? {} : { contentSalt: toBase64(opening.contentSalt) }),
    proof,
  };
  return { status: 200, body: JSON.stringify(body), headers: { 'content-type': RECEIPT_TYPE } };
}

/**
 * `$receipt` (FORMATS §6): the receipt of a version, or with `?disclosure=<event id>` of a partial release of it.
 * 202 with Retry-After while no cosigned checkpoint covers it.
 */
export const receiptOperation: Operation = {
  name: 'receipt',
  levels: ['instance', 'version'],
  types: [],
  affectsState: false,
  definition: 'urn:holdfast:operation:receipt',
  perform: receipt,
};
