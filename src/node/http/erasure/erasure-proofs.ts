import type { FastifyRequest } from 'fastify';
import { requireOfficer } from '../../../audit/index.ts';
import { IdentityError } from '../../../identity/index.ts';
import { formatErasureProof, toBase64 } from '../../../proof/index.ts';
import { VaultError } from '../../../vault/index.ts';
import { type ErasureServices, idIn, type Route } from './administered-request.ts';

const EVENT_ID = /^[0-9a-f]{32}$/;
const CURSOR = /^\d{1,9}$/;
/** Erasures on one page. */
const PAGE = 100; // what an officer looks through at once, as on the audit desk
/** How long a proof waits for a checkpoint that covers it. */
const WAIT_MS = 3_000; // three publishing ticks, as `$receipt`

async function proofOf(services: ErasureServices, event: string): Promise<string> {
  const { vault, evidence, proofs } = services;
  const found = (await vault.erasures()).find((each) => each.event === event);
  const opening = found === undefined ? undefined : await vault.opening(event);
  if (found === undefined || opening?.content === undefined)
    throw new VaultError('not-found', 'There is no such erasure.');
  const proof = await proofs.proofFor(opening.leaf, { waitMs: WAIT_MS });
  if (proof === undefined)
    throw new VaultError('busy', 'No cosigned checkpoint covers the tombstone yet: ask again.');
  const { event: logged, salt, contentSalt } = opening;
  const sealed = contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) };
  return formatErasureProof({
    receipt: { version: 1, event: logged, salt: toBase64(salt), ...sealed, proof },
    tombstone: opening.content,
    keys: await evidence(found.tombstone.keys),
  });
}

/** A page of the erasures, oldest first. Throws IdentityError `request-invalid` for a cursor that is none. */
async function pageOf({ vault }: ErasureServices, request: FastifyRequest): Promise<object> {
  const { cursor = '0' } = request.query as { cursor?: unknown };
  if (typeof cursor !== 'string' || !CURSOR.test(cursor))
    throw new IdentityError('request-invalid', 'Give one cursor, as `next` had it.');
  const from = Number(cursor);
  const all = await vault.erasures();
  const end = from + PAGE;
  return { erasures: all.slice(from, end), ...(end < all.length ? { next: String(end) } : {}) };
}

/**
 * `GET /erasures` and `GET /erasures/{event}/proof`: what was erased, and the proof that it was. Tombstones tell who
 * was a patient here and why they are gone: for the privacy officer, who proves the erasure to whoever asked for it.
 */
export function erasureProofRoutes(services: ErasureServices): Route[] {
  return [
    {
      method: 'GET',
      path: '/erasures',
      name: 'erasures',
      action: 'R',
      work: async (request, principal) => {
        requireOfficer(principal);
        return { body: await pageOf(services, request), patients: [] };
      },
    },
    {
      method: 'GET',
      path: '/erasures/:event/proof',
      name: 'erasure-proof',
      action: 'R',
      work: async (request, principal) => {
        requireOfficer(principal);
        return { body: await proofOf(services, idIn(request, 'event', EVENT_ID)), patients: [] };
      },
    },
  ];
}
